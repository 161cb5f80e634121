"""How long a shot is expected to last, ms: silence by the page rule, speech by words a minute and pauses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio_jobs.screenplay.scenes import Line

PAGE_MS = 60_000
PAGE_LINES = 55
LINE_CHARACTERS = 60
"""A page of a screenplay lasts about a minute; it has 55 lines, and one of action some 60 characters."""

SILENT_MIN_MS = 2_000
SILENT_MAX_MS = 6_000
SPEECH_WORDS_PER_MINUTE = 165
SUNG_WORDS_PER_MINUTE = 90
SPEECH_PAUSE_MS = 400
BEAT_MS = 1_000
LONG_PAUSE_MS = 2_000

SINGING = "singing"
"""The parenthetical of a line of lyrics that has none of its own."""

_LONG_PAUSE = re.compile(r"\b(?:long|very long) (?:beat|pause|silence)\b|\bsilence\b", re.IGNORECASE)
_BEAT = re.compile(r"\b(?:beat|pause|pauses|hesitates|hesitating)\b", re.IGNORECASE)


def silent_ms(action: str) -> int:
    """Return the length of an action: its lines on a page and the blank one after, 2 to 6 seconds."""
    lines = -(-len(action) // LINE_CHARACTERS) + 1
    return min(max(lines * PAGE_MS // PAGE_LINES, SILENT_MIN_MS), SILENT_MAX_MS)


def speech_ms(lines: Sequence[Line]) -> int:
    """Return the length of speech: what one voice says at a time, and the pauses before its lines."""
    voices: dict[str, int] = {}
    together = False
    for line in lines:
        voices[line.character] = voices.get(line.character, 0) + _line_ms(line)
        together = together or line.dual
    return (max(voices.values()) if together else sum(voices.values())) + SPEECH_PAUSE_MS


def _line_ms(line: Line) -> int:
    pace = SUNG_WORDS_PER_MINUTE if line.parenthetical == SINGING else SPEECH_WORDS_PER_MINUTE
    return len(line.text.split()) * 60_000 // pace + pause_ms(line.parenthetical)


def pause_ms(parenthetical: str) -> int:
    """Return how long a parenthetical holds its line back: (beat) and (pause) a second, a long one two."""
    if not parenthetical:
        return 0
    if _LONG_PAUSE.search(parenthetical):
        return LONG_PAUSE_MS
    return BEAT_MS if _BEAT.search(parenthetical) else 0
