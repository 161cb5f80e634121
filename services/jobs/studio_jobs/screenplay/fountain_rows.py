"""The lines of Fountain that say one element, and the marks that force it where it would be misread."""

from __future__ import annotations

from studio_jobs.screenplay.cues import Cue, read_cue
from studio_jobs.screenplay.elements import Element, Kind
from studio_jobs.screenplay.fountain import is_marked
from studio_jobs.screenplay.headings import is_forced_heading, is_heading, is_scene_number
from studio_jobs.screenplay.lines import HELD_LINE
from studio_jobs.screenplay.speeches import PARENTHETICAL_LINES_MAX
from studio_jobs.screenplay.titlepage import is_title_page
from studio_jobs.screenplay.transitions import is_in_form, is_transition

SPOKEN = (Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS)
_UNNAMED = "UNNAMED"
_TITLE_INDENT = "    "


def title_rows(entry: Element) -> list[str]:
    """Return the lines of a title entry."""
    if "\n" in entry.text:
        return [f"{entry.name}:", *(f"{_TITLE_INDENT}{row.strip()}" for row in _filled(entry.text))]
    return [f"{entry.name}: {entry.text}".rstrip()]


def remark_rows(remark: Element) -> list[str]:
    """Return the lines of a note or a boneyard."""
    if remark.kind is Kind.BONEYARD:
        return f"/* {remark.text.replace('*/', '* /')} */".split("\n")
    text = remark.text.replace("]]", "] ]")
    text = f"[[{text} ]]" if text.endswith("]") else f"[[{text}]]"
    return [row if row.strip() else HELD_LINE for row in text.split("\n")]


def rows_of(element: Element, *, speaks: bool, orphan: bool, tight: bool, first: bool) -> list[str]:
    """Return the lines of any other element.

    `speaks`: speech follows it. `orphan`: no cue of its own stands before it. `tight`: something stands
    directly above. `first`: nothing stands above, so that it might be read as a title page.
    """
    kind, text = element.kind, element.text
    if kind is Kind.CHARACTER:
        return [_cue(element, speaks=speaks)]
    if kind is Kind.LYRICS:
        return [f"~{row.strip()}" for row in text.split("\n")]
    if kind in SPOKEN and orphan:
        speaker = Element(Kind.CHARACTER, element.name or _UNNAMED, element.span, element.name or _UNNAMED)
        return [_cue(speaker, speaks=True), *_speech(element)]
    if kind in SPOKEN:
        return _speech(element)
    if kind is Kind.SCENE_HEADING:
        return [_heading(element)]
    if kind is Kind.SECTION:
        return [f"{'#' * max(1, element.level)} {_on_one_line(text)}".rstrip()]
    if kind is Kind.SYNOPSIS:
        return [f"= {_on_one_line(text)}".rstrip()]
    if kind is Kind.CENTRED:
        return [f"> {row.strip()} <" for row in text.split("\n")]
    if kind is Kind.PAGE_BREAK:
        return [text if len(text) >= 3 and not text.strip("=") else "==="]
    if kind is Kind.TRANSITION and not text.endswith("<"):
        return [_transition(element)]
    return _action(element, tight=tight, first=first)


def is_misread(text: str) -> bool:
    """Say whether action with a blank line above and below would be read as something else."""
    rows = text.split("\n")
    body = rows[0].strip()
    if not body:
        return False
    if is_heading(body) or is_transition(body, blank_below=len(rows) == 1):
        return True
    cue = None if is_in_form(body) else read_cue(body)
    return cue is not None and (cue.forced or len(rows) > 1)


def _action(element: Element, *, tight: bool, first: bool) -> list[str]:
    found: list[str] = []
    for at, paragraph in enumerate(_paragraphs(element.text)):
        misread = is_misread("\n".join(paragraph)) and not (tight and not at)
        titled = first and not at and is_title_page(paragraph)
        forced = (element.forced and not at) or misread or titled
        rows = [f"!{row}" if row.strip() and is_marked(row.strip()) else row for row in paragraph]
        if forced and not (rows[0].startswith("!") and not element.forced):
            rows[0] = f"!{paragraph[0]}"
        found += ["", *rows] if at else rows
    return found


def _paragraphs(text: str) -> list[list[str]]:
    """Return the rows of a text by paragraph, at least one; blank rows stand between them."""
    found: list[list[str]] = [[]]
    for row in text.split("\n"):
        if row.strip():
            found[-1].append(row)
        elif found[-1]:
            found.append([])
    filled = [paragraph for paragraph in found if paragraph]
    return filled or [[""]]


def _cue(element: Element, *, speaks: bool) -> str:
    name = _on_one_line(element.text or element.name) or _UNNAMED
    extensions = "".join(f" ({extension})" for extension in element.extensions)
    line = f"{name}{extensions}{' ^' if element.dual else ''}"
    meant = Cue(element.name, element.extensions, element.dual, written=name)
    natural = speaks and not is_marked(line) and not is_heading(line) and read_cue(line) == meant
    return line if natural and not element.forced else f"@{line}"


def _speech(element: Element) -> list[str]:
    if element.kind is Kind.DIALOGUE:
        return [row.strip() or HELD_LINE for row in element.text.split("\n")]
    rows = [row.strip() for row in _filled(element.text)]
    balanced = element.text.count("(") == element.text.count(")")
    if len(rows) > PARENTHETICAL_LINES_MAX or not balanced or any(row[0] in "(~" for row in rows[1:]):
        rows = [" ".join(rows)]
    rows[0], rows[-1] = f"({rows[0]}", f"{rows[-1]})" if len(rows) > 1 else f"({rows[0]})"
    return rows


def _heading(element: Element) -> str:
    text = _on_one_line(element.text)
    if element.forced or not is_heading(text):
        text = f".{text}" if is_forced_heading(f".{text}") else f"INT. {text}".rstrip()
    number = element.scene_number
    return f"{text} #{number}#" if number and is_scene_number(number) else text


def _transition(element: Element) -> str:
    text = _on_one_line(element.text)
    if not element.forced and is_transition(text, blank_below=True):
        return text
    return f"> {text}".rstrip()


def _on_one_line(text: str) -> str:
    """Return a text whose lines are joined; its blanks within a line stay."""
    return " ".join(row.strip() for row in text.split("\n")).strip() if "\n" in text else text


def _filled(text: str) -> list[str]:
    return [row for row in text.split("\n") if row.strip()] or [""]
