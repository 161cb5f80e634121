"""Where a line of one text stands in another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio_jobs.screenplay.anchors import common

LINE_TEXT_MAX_CHARS = 500


def lines_of(content: bytes) -> list[str]:
    """The lines of a text, without the spaces around them; a letter that is none counts as one."""
    return [line.strip() for line in content.decode("utf-8", errors="replace").splitlines()]


def line_text(content: bytes, line: int) -> str | None:
    """What a line says, from 1, cut to LINE_TEXT_MAX_CHARS; None past the end."""
    lines = lines_of(content)
    return lines[line - 1][:LINE_TEXT_MAX_CHARS] if line <= len(lines) else None


def moved(before: bytes, after: bytes, wanted: Iterable[int]) -> Mapping[int, int]:
    """Where lines, from 1, of the text before stand in the one after; those that are gone are left out."""
    places = {old + 1: new + 1 for old, new in common(lines_of(before), lines_of(after))}
    return {line: places[line] for line in wanted if line in places}
