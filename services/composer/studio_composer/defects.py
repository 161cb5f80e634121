"""Defects: what is wrong with a film, where, and what to do; and what only looks wrong, being meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from studio_composer.subtitle_files import clock

_TOLD_MAX = 5


class Kind(StrEnum):
    """What a stretch of a film shows or sounds like."""

    BLACK = "black"
    FROZEN = "frozen"
    SILENT = "silent"
    CLIPPED = "clipped"
    LOUDNESS = "loudness"
    TRUE_PEAK = "true_peak"
    SPEECH = "speech"
    CAPTIONS = "captions"


@dataclass(frozen=True, slots=True)
class Defect:
    """A stretch [start_frame, stop_frame) that is wrong: what is wrong with it, and what to do."""

    kind: Kind
    start_frame: int
    stop_frame: int
    what: str
    remedy: str

    def told(self, rate_hz: Fraction) -> str:
        """One sentence with its time codes, and one with the remedy."""
        start, stop = time_code(self.start_frame, rate_hz), time_code(self.stop_frame, rate_hz)
        return f"{start} to {stop}: {self.what}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Meant:
    """A stretch [start_frame, stop_frame) that may be like this, for the plan says so."""

    kind: Kind
    start_frame: int
    stop_frame: int
    why: str

    def shifted(self, frames: int) -> Meant:
        """The same on a timeline that starts so many frames earlier."""
        return Meant(self.kind, self.start_frame + frames, self.stop_frame + frames, self.why)

    def record(self) -> list[str | int]:
        """As JSON."""
        return [self.kind.value, self.start_frame, self.stop_frame, self.why]


class FilmFault(Exception):
    """What does not hold of a written film, in words for logs and users.

    One that `is_permanent` lies in what was given, so that composing again gives it again.
    """

    def __init__(self, text: str, *, is_permanent: bool = False) -> None:
        super().__init__(text)
        self.is_permanent = is_permanent


def raise_for(defects: Sequence[Defect], rate_hz: Fraction, place: str) -> None:
    """Raise FilmFault, permanent, that tells the first defects in order; `place` has these time codes."""
    if not defects:
        return
    ordered = sorted(defects, key=lambda defect: (defect.start_frame, defect.kind))
    told = [defect.told(rate_hz) for defect in ordered[:_TOLD_MAX]]
    more = f" And {len(ordered) - _TOLD_MAX} more." if len(ordered) > _TOLD_MAX else ""
    raise FilmFault(f"{place}: {' '.join(told)}{more}", is_permanent=True)


def time_code(frame: int, rate_hz: Fraction) -> str:
    """A frame's time, such as `00:01:02.500 (frame 1500)`."""
    return f"{clock(round(frame * 1_000 / rate_hz))} (frame {frame})"


def meant_from(records: Iterable[Sequence[str | int]]) -> tuple[Meant, ...]:
    """Read what `Meant.record` gave. Raises ValueError for another shape."""
    return tuple(
        Meant(Kind(str(kind)), int(start), int(stop), str(why)) for kind, start, stop, why in records
    )


def left_of(stretch: range, kind: Kind, meant: Iterable[Meant]) -> list[range]:
    """What is left of a stretch without the parts that are meant to be of this kind."""
    left = [stretch]
    for it in meant:
        if it.kind is kind:
            cut = range(it.start_frame, it.stop_frame)
            left = [part for whole in left for part in _without(whole, cut)]
    return left


def _without(whole: range, cut: range) -> list[range]:
    if cut.stop <= whole.start or cut.start >= whole.stop:
        return [whole]
    parts = (range(whole.start, max(whole.start, cut.start)), range(min(whole.stop, cut.stop), whole.stop))
    return [part for part in parts if part]
