"""One parser on one case, in the peers' environment: JSON of a source in, JSON of its elements out.

    python adapters.py PARSER < case.json

Elements are kind, text and extras, in the terms of tests/unit/screenplay/labelled. Where a parser keeps its
own form of a thing (a caret, a mark, an extension within a name) it is taken apart here, in its favour.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

Found = tuple[str, str, dict[str, Any]]
_NUMBERED = re.compile(r"\[\[\d+\]\]|/\*\d+\*/")
_EXTENSION = re.compile(r"\(([^()]*)\)")


def _cue(name: str, *, dual: bool, extensions: list[str] | None = None) -> Found:
    extras: dict[str, Any] = {}
    found = extensions or _EXTENSION.findall(name)
    if found:
        extras["extensions"] = [one.strip("() ") for one in found]
    if dual:
        extras["dual"] = True
    return "CHARACTER", _EXTENSION.sub("", name).strip().removeprefix("@"), extras


def _heading(text: str, number: object) -> Found:
    return "SCENE_HEADING", text.removeprefix("."), {"number": str(number)} if number else {}


def screenplain(source: str) -> Iterator[Found]:
    """Read with screenplain: notes are dropped by it, synopses hang on headings and sections."""
    from screenplain import types
    from screenplain.parsers import fountain

    def speech(dialog: Any, *, dual: bool) -> Iterator[Found]:
        yield _cue(str(dialog.character), dual=dual)
        for parenthetical, text in dialog.blocks:
            said = str(text)
            yield ("PARENTHETICAL", said.strip("()"), {}) if parenthetical else ("DIALOGUE", said, {})

    screenplay = fountain.parse(io.StringIO(source, newline=""))
    for key, values in screenplay.title_page.items():
        yield "TITLE_ENTRY", "\n".join(map(str, values)), {"name": key}
    for one in screenplay:
        if isinstance(one, types.Slug):
            yield _heading(str(one.line), one.scene_number)
        elif isinstance(one, types.Section):
            yield "SECTION", str(one.text), {"level": one.level}
        elif isinstance(one, types.Dialog):
            yield from speech(one, dual=False)
        elif isinstance(one, types.DualDialog):
            yield from speech(one.left, dual=False)
            yield from speech(one.right, dual=True)
        elif isinstance(one, types.Transition):
            yield "TRANSITION", str(one.line), {}
        elif isinstance(one, types.PageBreak):
            yield "PAGE_BREAK", "", {}
        elif one.centered:
            yield from (("CENTRED", str(line), {}) for line in one.lines)
        else:
            yield "ACTION", "\n".join(map(str, one.lines)), {}
        if getattr(one, "synopsis", None):
            yield "SYNOPSIS", str(one.synopsis), {}


def screenplay_tools(source: str) -> Iterator[Found]:
    """Read with screenplay-tools: notes and boneyards are kept apart, with their numbers left in the text."""
    from screenplay_tools.fountain.parser import Parser

    parser = Parser()
    parser.add_text(source)
    for entry in parser.script.titleEntries:
        yield "TITLE_ENTRY", entry.text, {"name": entry.key}
    kinds = {"Dialogue": "DIALOGUE", "Lyric": "LYRICS", "Transition": "TRANSITION", "Synopsis": "SYNOPSIS"}
    for one in parser.script.elements:
        kind, text = type(one).__name__, _NUMBERED.sub("", one.text_raw)
        if kind == "SceneHeading":
            yield _heading(text, one.scene_number)
        elif kind == "Character":
            yield _cue(one.name, dual=one.is_dual_dialogue, extensions=_split(one.extension))
        elif kind == "Action" and text.strip():
            yield "CENTRED" if one.centered else "ACTION", text, {}
        elif kind == "Section":
            yield "SECTION", text, {"level": one.level}
        elif kind == "PageBreak":
            yield "PAGE_BREAK", "", {}
        elif kind == "Parenthetical":
            yield "PARENTHETICAL", text.strip("()"), {}
        elif kind in kinds:
            yield kinds[kind], text, {}


def _split(extension: str | None) -> list[str] | None:
    return re.split(r"\)\s*\(", extension) if extension else None


def fountain_parser(source: str) -> Iterator[Found]:
    """Read with fountain-parser: it has no lyrics and drops notes."""
    import fountain_parser as library

    screenplay = library.parse(source)
    for key, values in screenplay.title_page.items():
        yield "TITLE_ENTRY", "\n".join(values), {"name": key}
    for one in screenplay.elements:
        kind = one.element_type.value
        if kind == "scene_heading":
            yield _heading(one.text, one.scene_number)
        elif kind == "character":
            yield _cue(one.name, dual=one.is_dual, extensions=one.extensions)
        elif kind == "action":
            yield "CENTRED" if one.is_centered else "ACTION", one.text, {}
        elif kind == "section_heading":
            yield "SECTION", one.text, {"level": one.level}
        elif kind == "page_break":
            yield "PAGE_BREAK", "", {}
        elif kind != "boneyard":
            yield kind.upper(), one.text.strip("()") if kind == "parenthetical" else one.text, {}


PARSERS: dict[str, Callable[[str], Iterator[Found]]] = {
    "screenplain": screenplain,
    "screenplay-tools": screenplay_tools,
    "fountain-parser": fountain_parser,
}


if __name__ == "__main__":
    json.dump(list(PARSERS[sys.argv[1]](json.load(sys.stdin))), sys.stdout)
