"""Camera lines: what a writer in capitals asks of the camera, and what is left to be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio_jobs.screenplay.lexicon import Move
from studio_jobs.screenplay.shot_sizes import ShotSize

_OF = r"(?: (?:ON|OF|AT|on|of|at))?"
_LINES: tuple[tuple[str, ShotSize | None, Move | None], ...] = (
    (rf"(?:EXTREME )?CLOSE(?:R)?(?: ON|[- ]?UP(?: SHOT)?{_OF}| SHOT{_OF})", ShotSize.CLOSE, None),
    (rf"E?CU{_OF}", ShotSize.CLOSE, None),
    (rf"INSERT(?: SHOT)?{_OF}", ShotSize.INSERT, None),
    ("ON(?= THE )", ShotSize.INSERT, None),
    (rf"(?:EXTREME )?WIDE(?:R)?(?: SHOT| ANGLE)?{_OF}", ShotSize.WIDE, None),
    (rf"(?:ESTABLISHING|LONG|MASTER) SHOT{_OF}|ESTABLISHING", ShotSize.WIDE, None),
    (rf"(?:AERIAL|CRANE)(?: SHOT| VIEW)?{_OF}", ShotSize.WIDE, Move.PULL_OUT),
    (rf"MEDIUM SHOT{_OF}|TWO[- ]SHOT{_OF}|BACK TO SCENE", ShotSize.MEDIUM, None),
    (rf"(?:REVERSE |NEW |ANOTHER |LOW |HIGH )?ANGLE{_OF}", None, None),
    (r"PAN LEFT(?: TO| ACROSS| ON)?", None, Move.PAN_LEFT),
    (r"PAN(?: RIGHT)?(?: TO| ACROSS| ON)|PAN RIGHT", None, Move.PAN_RIGHT),
    (rf"(?:TRACKING|DOLLY|STEADICAM)(?: SHOT)?(?: WITH|{_OF})", None, Move.PAN_RIGHT),
    (r"TILT UP(?: TO| ON)?", None, Move.TILT_UP),
    (r"TILT DOWN(?: TO| ON)?", None, Move.TILT_DOWN),
    (r"(?:PUSH|ZOOM|DOLLY|MOVE) IN(?: ON| TO)?", None, Move.PUSH_IN),
    (r"(?:PULL|ZOOM) (?:BACK|OUT)(?: TO REVEAL| FROM)?", None, Move.PULL_OUT),
    (r"HANDHELD(?: SHOT)?", None, Move.HANDHELD),
)
# One group for each line above, in their order: the first that fits is the one meant.
_LINE = re.compile("|".join(rf"((?:{pattern})(?![A-Z-]))" for pattern, _, _ in _LINES))
_POV = re.compile(r"(?:(?P<owner>[^a-z]+?)['’]S )?P\.?O\.?V\.?(?: SHOT)?(?: OF)?(?![A-Z])")
_SEPARATORS = " \t:.-–—"


@dataclass(frozen=True, slots=True)
class CameraLine:
    """What is asked for: a size or a move, or both. `rest` is what is seen, "" when the line says no more.

    `point_of_view` is set for a POV, whose `owner`, "" when unsaid, is behind the camera.
    """

    size: ShotSize | None
    move: Move | None
    rest: str
    words: str
    point_of_view: bool = False
    owner: str = ""


def read_camera_line(text: str) -> CameraLine | None:
    """Read what a text opens with, in capitals; None when it asks nothing of the camera."""
    # Each opens with two characters that are no small letters, and few sentences do.
    if "a" <= text[1:2] <= "z":
        return None
    found = _POV.match(text)
    if found is not None:
        owner = (found["owner"] or "").strip()
        rest = _rest(text, found)
        return CameraLine(ShotSize.WIDE, Move.HANDHELD, rest, found[0], point_of_view=True, owner=owner)
    found = _LINE.match(text)
    if found is None or found.lastindex is None:
        return None
    _, size, move = _LINES[found.lastindex - 1]
    return CameraLine(size, move, _rest(text, found), found[0])


def _rest(text: str, found: re.Match[str]) -> str:
    return text[found.end() :].lstrip(_SEPARATORS).rstrip(" \t:-–—")
