"""Characters of a source that an eye does not see, and emphasis that its line does not close."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from studio_jobs.screenplay.elements import Diagnostic
from studio_jobs.screenplay.emphasis import unclosed
from studio_jobs.screenplay.lines import SourceLine
from studio_jobs.screenplay.mistakes import mistake

# Joiners are left out: Persian, Hindi and pictures of families are written with them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NO_BREAK = re.compile("[\u00a0\u202f]")
_TAB = re.compile(r"\t(?<=\S\t)")
_KINDS = (
    (_INVISIBLE, "INVISIBLE_CHARACTER", "A character that cannot be seen", "Delete it."),
    (_CONTROL, "CONTROL_CHARACTER", "A character that no text holds", "Delete it."),
    (_NO_BREAK, "NO_BREAK_SPACE", "A no-break space", "Write a space."),
    (_TAB, "TAB_IN_LINE", "A tab within a line", "Write spaces."),
)


def oddities(text: str, lines: Sequence[SourceLine]) -> Iterator[Diagnostic]:
    """Yield one diagnostic for each kind of odd character, at its first place, and each unclosed emphasis.

    `lines` are those of the text; most texts hold none of it, which one look at the whole tells.
    """
    # Every odd character is one that Python does not call printable.
    if not text.replace("\n", "").isprintable():
        for pattern, code, what, suggestion in _KINDS:
            if pattern.search(text):
                yield from _first(lines, pattern, code, what, suggestion)
    if "*" in text or "_" in text:
        yield from _unclosed(line for line in lines if "*" in line.text or "_" in line.text)


def _unclosed(lines: Iterable[SourceLine]) -> Iterator[Diagnostic]:
    for line in lines:
        for at in unclosed(line.text):
            said = f"{line.text[at]} opens emphasis that this line does not close; it is read as it stands."
            suggestion = f"Close it on the same line, or write \\{line.text[at]} for the character itself."
            yield mistake("EMPHASIS_UNCLOSED", line.part(at, at + 1), said, suggestion)


def _first(
    lines: Iterable[SourceLine], pattern: re.Pattern[str], code: str, what: str, suggestion: str
) -> Iterator[Diagnostic]:
    found = [(line, match) for line in lines for match in (pattern.search(line.body),) if match]
    if not found:
        return
    line, match = found[0]
    at = match.end() - 1 + len(line.text) - len(line.text.lstrip())
    sign = line.text[at]
    lines_said = f"; {len(found)} lines have one" if len(found) > 1 else ""
    said = f"{what} (U+{ord(sign):04X}) stands here{lines_said}."
    yield mistake(code, line.part(at, at + 1), said, suggestion)
