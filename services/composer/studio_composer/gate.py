"""The quality gate: which stretches of picture, sound and captions are defects, and which are meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from studio_composer.captions import Caption, Cue
from studio_composer.defects import Defect, Kind, Meant, left_of
from studio_composer.stretches import PictureFacts, Stretch

BLACK_MIN_MS = 1_000
FROZEN_MIN_MS = 2_000
SILENT_MIN_MS = 3_000
# Broadcasters allow a subtitle this much before and after its first word.
CAPTION_OFF_MAX_MS = 200
LOUDNESS_OFF_MAX_LU = 2.0
LOUDNESS_OFF_NOTED_LU = 0.5

# No line is narrower; scripts without spaces are broken anywhere.
_BEGIN_CHARACTERS = 4
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A film's or scene's rate and length."""

    rate_hz: Fraction
    length_frames: int

    def frames(self, ms: float) -> int:
        """The frames that so many milliseconds last, rounded, within the film."""
        return min(self.length_frames, max(0, round(ms * self.rate_hz / 1_000)))

    def seconds(self, frames: int) -> str:
        """So many frames as seconds."""
        return f"{float(frames / self.rate_hz):.1f} s"


def picture_defects(facts: PictureFacts, meant: Sequence[Meant], bounds: Bounds) -> list[Defect]:
    """The black stretches from a second on, and the frozen ones from two seconds on, that are not meant."""
    black = _stretches(
        facts.black,
        Kind.BLACK,
        BLACK_MIN_MS,
        meant,
        bounds,
        "the picture is black for",
        "Render this shot again as another take, or bring a clip for it (film replace) if black is meant.",
    )
    covered = [*meant, *(Meant(Kind.FROZEN, it.start_frame, it.stop_frame, "") for it in black)]
    return black + _stretches(
        facts.still,
        Kind.FROZEN,
        FROZEN_MIN_MS,
        covered,
        bounds,
        "the picture stands still for",
        "Render this shot again as another take, or trim it and hold its last picture if that is meant.",
    )


def silence_defects(silent: Sequence[Stretch], meant: Sequence[Meant], bounds: Bounds) -> list[Defect]:
    """The silent stretches from three seconds on, in frames, that are not meant."""
    return _stretches(
        silent,
        Kind.SILENT,
        SILENT_MIN_MS,
        meant,
        bounds,
        "nothing is heard for",
        "Render the sound of this scene again, or mute its music and effects if silence is meant.",
    )


def clipping_defects(clipped: Sequence[Stretch], name: str, bounds: Bounds) -> list[Defect]:
    """The clipped stretches of a stem, in frames."""
    return [
        Defect(
            Kind.CLIPPED,
            start,
            stop,
            f"the {name} is clipped for {bounds.seconds(stop - start)}",
            f"Render the {name} again, or bring a recording with more headroom.",
        )
        for start, stop in clipped
    ]


def loudness_defects(
    loudness_lufs: float, target_lufs: float, bounds: Bounds, *, is_silent: bool
) -> list[Defect]:
    """The film that misses its loudness; a silent one has none."""
    off_lu = loudness_lufs - target_lufs
    if is_silent or abs(off_lu) <= LOUDNESS_OFF_MAX_LU:
        return []
    what = f"the film measures {loudness_lufs:.1f} LUFS where {target_lufs:.1f} are due"
    remedy = "Choose a loudness nearer to what it measures, or change the gains of its quiet scenes."
    return [Defect(Kind.LOUDNESS, 0, bounds.length_frames, what, remedy)]


def peak_defects(peak_dbtp: float, peak_max_dbtp: float, at_ms: float, bounds: Bounds) -> list[Defect]:
    """The true peak that passes its limit, at the time where it is highest."""
    if peak_dbtp < peak_max_dbtp:
        return []
    at_frame = bounds.frames(at_ms)
    what = f"the true peak is {peak_dbtp:.1f} dBTP where {peak_max_dbtp:.1f} is the limit"
    remedy = "Choose a lower loudness, or a lower gain for what is heard here."
    return [Defect(Kind.TRUE_PEAK, at_frame, at_frame + 1, what, remedy)]


def speech_defects(cues: Sequence[Cue], is_heard: Callable[[Cue], bool], bounds: Bounds) -> list[Defect]:
    """The speeches of which nothing is heard at their time."""
    return [
        Defect(
            Kind.SPEECH,
            bounds.frames(cue.start_ms),
            bounds.frames(cue.end_ms),
            f"nothing is heard of what {cue.character} says, “{_shortened(cue.text)}”",
            "Render this speech again, or mute it if silence is meant.",
        )
        for cue in cues
        if _first_word(cue.text) and not is_heard(cue)
    ]


def caption_defects(cues: Sequence[Cue], captions: Sequence[Caption], bounds: Bounds) -> list[Defect]:
    """The speeches that have no caption when they begin, and the captions that show before any speech."""
    spoken = [cue for cue in cues if _first_word(cue.text) and cue.end_ms - cue.start_ms > CAPTION_OFF_MAX_MS]
    missing = [cue for cue in spoken if not _is_captioned(cue, captions)]
    early = [caption for caption in captions if not _is_spoken(caption, cues)]
    return [
        _caption_defect(
            cue, f"no caption says “{_shortened(cue.text)}” when {cue.character} begins to", bounds
        )
        for cue in missing
    ] + [
        _caption_defect(
            caption, f"the caption “{_shortened(' '.join(caption.lines))}” shows while nobody says it", bounds
        )
        for caption in early
    ]


def _caption_defect(at: Cue | Caption, what: str, bounds: Bounds) -> Defect:
    remedy = "Compose the film again; if it stays so, report it with the film's report."
    return Defect(Kind.CAPTIONS, bounds.frames(at.start_ms), bounds.frames(at.end_ms), what, remedy)


def _stretches(
    found: Iterable[Stretch],
    kind: Kind,
    least_ms: int,
    meant: Sequence[Meant],
    bounds: Bounds,
    what: str,
    remedy: str,
) -> list[Defect]:
    return [
        Defect(kind, left.start, left.stop, f"{what} {bounds.seconds(len(left))}", remedy)
        for start, stop in found
        for left in left_of(range(start, stop), kind, meant)
        if len(left) * 1_000 >= least_ms * bounds.rate_hz
    ]


def _is_captioned(cue: Cue, captions: Sequence[Caption]) -> bool:
    by_ms = cue.start_ms + CAPTION_OFF_MAX_MS
    begin = _first_word(cue.text)[:_BEGIN_CHARACTERS]
    return any(
        caption.start_ms <= by_ms and caption.end_ms > cue.start_ms and begin in " ".join(caption.lines)
        for caption in captions
    )


def _is_spoken(caption: Caption, cues: Sequence[Cue]) -> bool:
    return any(
        cue.start_ms - CAPTION_OFF_MAX_MS <= caption.start_ms <= cue.end_ms + CAPTION_OFF_MAX_MS
        for cue in cues
    )


def _first_word(text: str) -> str:
    found = _WORDS.search(text)
    return found.group() if found else ""


def _shortened(text: str, characters: int = 40) -> str:
    whole = " ".join(text.split())
    return whole if len(whole) <= characters else whole[: characters - 1].rstrip() + "…"
