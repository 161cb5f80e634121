"""Texts as a careless hand, or a hostile one, would write them: for the property tests."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis import strategies as st

from studio_jobs.screenplay import Element, Kind, Screenplay

# `make fuzz` raises the number and draws other examples on each run.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FUZZED = settings(
    max_examples=EXAMPLES or 300, derandomize=not EXAMPLES, deadline=None, database=None, print_blob=True
)

_LINES = (
    "INT. HOUSE - DAY",
    "INT HOUSE",
    "i/e car #12A#",
    "I./E. CAR",
    ".街道",
    "...and then",
    "ANNA",
    "ANNA (V.O.) (CONT'D)",
    "ANNA (V.O. (far",
    "ИВАН ^",
    "BEN ^",
    "@McCLANE",
    "@",
    "BEN:",
    "Rain falls.",
    "    indented\train",
    "(softly)",
    "(over two",
    "lines)",
    "(",
    ")",
    "~ la la",
    "~",
    "CUT TO:",
    "FADE IN:",
    "THE END",
    "Cut to:",
    "> FADE",
    "> centred <",
    ">",
    "><",
    "!ANNA",
    "!",
    "# One",
    "### # three",
    "= synopsis",
    "= ==",
    "==",
    "====",
    "[[note]]",
    "[[",
    "]]",
    "[[note ]",
    "/*",
    "*/",
    "/* gone */",
    "*it* **b** _u_ ***x*",
    r"\*69 \_ \[[",
    "Title: One",
    "Tittle:",
    "Author: me",
    "   more: less",
    "Language: fr",
    "KITCHEN - NIGHT",
    "  ",
    "\t",
    " ",
    "",
)
_PIECES = st.sampled_from(
    [
        *"[]/*#!@^~=>.<()_\\:- \t'\u00a0\u200bÉ街\ud800\x00",
        "[[",
        "]]",
        "/*",
        "*/",
        "ANNA",
        "INT. ",
        "TO:",
        "x",
    ]
)
_LINE = st.one_of(st.sampled_from(_LINES), st.lists(_PIECES, max_size=8).map("".join), st.text(max_size=12))
_ENDS = st.sampled_from(["\n", "\n", "\n\n", "\n\n", "\r\n", "\r", "\n  \n", " ", ""])
MANUSCRIPTS = st.lists(st.tuples(_LINE, _ENDS), max_size=24).map(
    lambda rows: "".join(line + end for line, end in rows)
)


def without_blanks(text: str) -> str:
    """The text's characters that are seen."""
    return "".join(text.split())


def as_written(element: Element) -> str:
    """An element with its marks, without blanks, and without a caret, which may have no partner."""
    text = element.text
    marked = {
        Kind.TITLE_ENTRY: f"{element.name}:{text}",
        Kind.SCENE_HEADING: f"{'.' * element.forced}{text}"
        + (f"#{element.scene_number}#" if element.scene_number else ""),
        Kind.ACTION: f"{'!' * element.forced}{text}",
        Kind.CHARACTER: f"{'@' * element.forced}{text}" + "".join(f"({e})" for e in element.extensions),
        Kind.PARENTHETICAL: f"({text})",
        Kind.TRANSITION: f"{'>' * element.forced}{text}",
        Kind.SECTION: f"{'#' * element.level}{text}",
        Kind.SYNOPSIS: f"={text}",
        Kind.CENTRED: f">{text}<",
        Kind.LYRICS: f"~{text}",
        Kind.NOTE: f"[[{text}]]",
        Kind.BONEYARD: f"/*{text}*/",
    }
    return without_blanks(marked.get(element.kind, text))


def without_spans(screenplay: Screenplay) -> list[tuple[object, ...]]:
    """Title page and elements as what must survive writing."""
    return [
        (e.kind, e.text, e.name, e.extensions, e.dual, e.scene_number, e.level, e.forced, e.language)
        for e in (*screenplay.title_page, *screenplay.elements)
    ]
