"""What a person may choose of a render, as written on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from filmstudio.cli.amounts import MICROS
from filmstudio.cli.further_outputs import fill, require_outputs
from filmstudio.errors import RefusedError

if TYPE_CHECKING:
    from filmstudio.jobs.v1 import jobs_pb2

MILLILUFS = 1000
SIZE_NAMES = {
    "480p": (854, 480),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "2160p": (3840, 2160),
}
LOWER_THIRD_NAMES = ("names", "places")

QUALITY_NAMES = ("full", "proxy")
TARGET_NAMES = ("film", "animatic", "storyboard", "table-read")

_SIZE = re.compile(r"(\d{2,4})[x×](\d{2,4})")
_ASPECT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?):(\d{1,3})")
_RATE = re.compile(r"(\d{1,6})(?:/(\d{1,4}))?")
_DECIMAL_RATES = {"23.976": (24000, 1001), "29.97": (30000, 1001), "59.94": (60000, 1001)}
_LOUDNESS = re.compile(r"(-\d{1,2})(?:\.(\d{1,3}))?")
_BUDGET = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")
_POOL = re.compile(r"([a-z]+)=(?:pools/)?([a-z0-9-]{1,63})")


@dataclass(frozen=True, slots=True)
class Choices:
    """Empty texts leave the choice to the studio."""

    size: str = ""
    rate: str = ""
    loudness: str = ""
    narrate: bool = True
    pools: Sequence[str] = ()
    scenes: Sequence[str] = ()
    shots: Sequence[str] = ()
    quality: str = ""
    budget: str = ""
    target: str = ""
    also: Sequence[str] = ()
    lower_thirds: Sequence[str] = ()

    def check(self) -> None:
        """Raises RefusedError for what can't be read; limits are the studio's."""
        for text, read in (
            (self.size, _size),
            (self.rate, _rate),
            (self.loudness, _loudness),
            (self.quality, _quality),
            (self.budget, _budget),
            (self.target, _target),
        ):
            if text:
                read(text)
        for text in self.pools:
            _pool(text)
        for text in _listed(self.lower_thirds):
            _lower_third(text)
        require_outputs(self.also)

    def options(self) -> jobs_pb2.RenderOptions:
        """The contract's options. Raises RefusedError."""
        from filmstudio.generation.v1 import task_pb2
        from filmstudio.jobs.v1 import jobs_pb2

        options = jobs_pb2.RenderOptions(narrate=self.narrate)
        if self.size:
            options.size.width_px, options.size.height_px = _size(self.size)
        if self.rate:
            options.rate.numerator, options.rate.denominator = _rate(self.rate)
        if self.loudness:
            options.loudness_target_millilufs = _loudness(self.loudness)
        for text in self.pools:
            kind, pool = _pool(text)
            number = dict(task_pb2.TaskKind.items()).get(f"TASK_KIND_{kind.upper()}", 0)
            if not number:
                names = [name.removeprefix("TASK_KIND_").lower() for name in task_pb2.TaskKind.keys()[1:]]
                raise RefusedError(f"--pool {text}: {kind} is no kind of work; kinds: {', '.join(names)}")
            options.pools.add(kind=task_pb2.TaskKind.ValueType(number), pool=f"pools/{pool}")
        if self.quality:
            options.quality = jobs_pb2.Quality.Value(f"QUALITY_{_quality(self.quality)}")
        if self.target:
            target = self.target_name.upper().replace("-", "_")
            options.target = jobs_pb2.Target.Value(f"TARGET_{target}")
        for text in _listed(self.lower_thirds):
            kind_name = f"LOWER_THIRD_KIND_{_lower_third(text)}"
            options.lower_thirds.append(jobs_pb2.LowerThirdKind.Value(kind_name))
        require_outputs(self.also)
        for text in self.also:
            fill(options.outputs.add(), text)
        if self.scenes or self.shots:
            options.selection.scenes.extend(_listed(self.scenes))
            options.selection.shot_ids.extend(_listed(self.shots))
        return options

    @property
    def target_name(self) -> str:
        """The target in one of TARGET_NAMES; "film" without one. Raises RefusedError."""
        return _target(self.target)

    @property
    def budget_micros(self) -> int:
        """Millionths of the studio's currency; 0 without a budget. Raises RefusedError."""
        return _budget(self.budget) if self.budget else 0


def _listed(texts: Sequence[str]) -> list[str]:
    """The entries of options that were given more than once or hold commas."""
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _quality(text: str) -> str:
    if text.lower() not in QUALITY_NAMES:
        raise RefusedError(f"--quality {text!r} can't be read; write it as {' or '.join(QUALITY_NAMES)}")
    return text.upper()


def _target(text: str) -> str:
    name = text.lower().replace("_", "-") or TARGET_NAMES[0]
    if name not in TARGET_NAMES:
        raise RefusedError(f"--target {text!r} can't be read; it is one of {', '.join(TARGET_NAMES)}")
    return name


def _budget(text: str) -> int:
    match = _matched(_BUDGET, text, "--budget", "5 or 0.25, in the studio's currency")
    micros = int(match[1]) * MICROS + int((match[2] or "0").ljust(6, "0"))
    if not micros:
        raise RefusedError("--budget 0 starts nothing; leave it out for no limit")
    return micros


def _lower_third(text: str) -> str:
    if text.lower() not in LOWER_THIRD_NAMES:
        known = ", ".join(LOWER_THIRD_NAMES)
        raise RefusedError(f"--lower-thirds {text!r} can't be read; it is one of {known}, or both")
    return text.upper()


def _size(text: str) -> tuple[int, int]:
    name, _, shape = text.lower().replace(" ", "").rpartition(",")
    aspect = _ASPECT.fullmatch(shape)
    if aspect and (name or "720p") in SIZE_NAMES:
        return _shaped(SIZE_NAMES[name or "720p"], Fraction(aspect[1]) / int(aspect[2]))
    if text.lower() in SIZE_NAMES:
        return SIZE_NAMES[text.lower()]
    match = _matched(
        _SIZE, text.lower(), "--size", "1280x720, 9:16, 1080p,2.39:1, or one of " + ", ".join(SIZE_NAMES)
    )
    return int(match[1]), int(match[2])


def _shaped(wide: tuple[int, int], aspect: Fraction) -> tuple[int, int]:
    """Even sides of these proportions: as wide as a film of that name, or with its height as shorter side."""
    width, height = wide
    if aspect >= Fraction(16, 9):
        return width, round(width / aspect / 2) * 2
    longer = round(height * max(aspect, 1 / aspect) / 2) * 2
    return (longer, height) if aspect >= 1 else (height, longer)


def _rate(text: str) -> tuple[int, int]:
    if text in _DECIMAL_RATES:
        return _DECIMAL_RATES[text]
    match = _matched(_RATE, text, "--fps", "24, 23.976, or 30000/1001")
    return int(match[1]), int(match[2] or 1)


def _loudness(text: str) -> int:
    match = _matched(_LOUDNESS, text, "--loudness", "-16 or -23.5, in LUFS")
    return int(match[1]) * MILLILUFS - int((match[2] or "0").ljust(3, "0"))


def _pool(text: str) -> tuple[str, str]:
    match = _matched(_POOL, text, "--pool", "clip=camera-clip; film pools lists them")
    return match[1], match[2]


def _matched(pattern: re.Pattern[str], text: str, option: str, form: str) -> re.Match[str]:
    match = pattern.fullmatch(text.strip())
    if match is None:
        raise RefusedError(f"{option} {text!r} can't be read; write it as {form}")
    return match
