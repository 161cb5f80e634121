"""The words of FDX: types of paragraphs and the kinds of element that they are, both ways."""

from __future__ import annotations

import re

from studio_jobs.screenplay.elements import Element, Kind

KINDS: dict[str, Kind] = {
    "scene heading": Kind.SCENE_HEADING,
    "action": Kind.ACTION,
    "general": Kind.ACTION,
    "": Kind.ACTION,
    "character": Kind.CHARACTER,
    "dialogue": Kind.DIALOGUE,
    "parenthetical": Kind.PARENTHETICAL,
    "singing": Kind.LYRICS,
    "lyrics": Kind.LYRICS,
    "transition": Kind.TRANSITION,
    "shot": Kind.SHOT,
    "cast list": Kind.NOTE,
    "note": Kind.NOTE,
    "notes": Kind.NOTE,
    "new act": Kind.SECTION,
    "end of act": Kind.SECTION,
    "outline body": Kind.SYNOPSIS,
}
# Kinds that are written as a paragraph of one type; the others are written by rules of their own.
TYPES: dict[Kind, str] = {
    Kind.SCENE_HEADING: "Scene Heading",
    Kind.SHOT: "Shot",
    Kind.ACTION: "Action",
    Kind.CHARACTER: "Character",
    Kind.DIALOGUE: "Dialogue",
    Kind.PARENTHETICAL: "Parenthetical",
    Kind.TRANSITION: "Transition",
    Kind.LYRICS: "Singing",
    Kind.CENTRED: "Action",
    Kind.SYNOPSIS: "Outline Body",
}
SPOKEN = frozenset({Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS})
# Kinds of one line in Fountain, whatever a soft return does to them in FDX.
ONE_LINE = frozenset({Kind.SCENE_HEADING, Kind.SHOT, Kind.CHARACTER, Kind.TRANSITION, Kind.SECTION})
# Kinds whose text has styles.
STYLED = frozenset({Kind.ACTION, Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS, Kind.CENTRED})

CAST_LIST = "Cast List"
BONEYARD = "Boneyard"
ALTERNATE = "Alternate"

_OUTLINE = re.compile(r"outline (\d)")
_ACT_OPENS = re.compile(r"(?:act|teaser|tag|cold open)\b", re.IGNORECASE)
_ACT_ENDS = re.compile(r"end of\b", re.IGNORECASE)


def is_remark(element: Element) -> bool:
    """Say whether an element is written as a script note, which interrupts nothing."""
    return element.kind is Kind.BONEYARD or (element.kind is Kind.NOTE and element.name != CAST_LIST)


def kind_of(paragraph_type: str) -> Kind | None:
    """Return the kind of a type in any case, None for one that Final Draft does not have."""
    name = " ".join(paragraph_type.casefold().split())
    return Kind.SECTION if _OUTLINE.fullmatch(name) else KINDS.get(name)


def level_of(paragraph_type: str) -> int:
    """Return the depth of a section: the number of its outline type, 1 for an act."""
    outline = _OUTLINE.fullmatch(" ".join(paragraph_type.casefold().split()))
    return max(int(outline[1]), 1) if outline else 1


def type_of(element: Element) -> str:
    """Return the type that an element is written as; a section of the first depth may name an act."""
    if element.kind is not Kind.SECTION:
        return TYPES[element.kind]
    if element.level <= 1 and _ACT_ENDS.match(element.text):
        return "End of Act"
    if element.level <= 1 and _ACT_OPENS.match(element.text):
        return "New Act"
    return f"Outline {min(max(element.level, 1), 9)}"
