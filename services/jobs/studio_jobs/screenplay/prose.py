"""Prose into elements: headings and paragraphs become scenes, and a narrator out of frame speaks the text.

Quoted speech stays with the narrator too, for who says it is a guess ("said Anna" may stand anywhere).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

from studio_jobs.screenplay.elements import Element, Kind, Screenplay, Span
from studio_jobs.screenplay.languages import tag_of
from studio_jobs.screenplay.mistakes import mistake

NARRATOR = "NARRATOR"
_SENTENCE_ENDS = ".!?…。！？\"'”’»)"
_OPENING_WORDS = 6
_TOPIC_WORDS_MAX = 25
_TOPIC = re.compile(
    r"(?:(?:please|could you|can you)\s+)?(?:make|write|create|generate|film|produce|tell)\b"
    r"|(?:(?:an?|the|my|our|this|short)\s+)(?:[\w-]+\s+){0,4}?"
    r"(?:film|movie|story|screenplay|script|video|animation|documentary|trailer|short|tale|scene|series)"
    r"\s+(?:about|on|of|in which|where|set in|for)\b",
    re.IGNORECASE,
)


class BlockKind(Enum):
    """What a block of prose is."""

    HEADING = auto()
    PARAGRAPH = auto()
    BREAK = auto()
    REMARK = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A block of prose. `text` has no marks; `marked`, of a PARAGRAPH, has Fountain's. `level` from 1."""

    kind: BlockKind
    text: str
    span: Span
    level: int = 0
    marked: str = ""


def parse_prose(titles: Sequence[Element], blocks: Sequence[Block]) -> Screenplay | None:
    """Return blocks as a screenplay; None when they hold no whole sentence.

    With headings or breaks, each of them opens a scene; without, each paragraph is one. A heading directly
    above a deeper one is a section. The first heading is the title if it is the only one of its level.
    """
    if not any(_is_sentence(block) for block in blocks):
        return None
    title = _title(titles, blocks)
    body = [block for block in blocks if block is not title]
    elements = tuple(_elements(body))
    entries = (
        (Element(Kind.TITLE_ENTRY, title.text, title.span, name="Title"), *titles) if title else tuple(titles)
    )
    note = mistake(
        "READ_AS_PROSE",
        Span(1, 1),
        "No scene heading was found, so the text is read as prose for a narrator.",
        "For scenes and dialogue, write Fountain: a line such as INT. KITCHEN - NIGHT opens a scene.",
    )
    read = Screenplay(entries, elements, (note,))
    return replace(read, language=tag_of(read.title_entry("language")))


def is_topic(blocks: Iterable[Block]) -> bool:
    """Say whether the blocks only name what a film is to be about: "a film about a lighthouse"."""
    told = [block for block in blocks if block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING)]
    if len(told) != 1:
        return False
    text = told[0].text.strip()
    words = len(text.split())
    if told[0].kind is BlockKind.HEADING or text[-1:] not in _SENTENCE_ENDS:
        return words <= _TOPIC_WORDS_MAX
    return words <= _TOPIC_WORDS_MAX and _TOPIC.match(text) is not None


def _is_sentence(block: Block) -> bool:
    text = block.text.rstrip()
    spaced = " " in text or any("\u3040" <= character <= "\uffef" for character in text)
    return block.kind is BlockKind.PARAGRAPH and text[-1:] in _SENTENCE_ENDS and spaced


def _title(titles: Sequence[Element], blocks: Sequence[Block]) -> Block | None:
    first = next((block for block in blocks if block.kind is not BlockKind.REMARK), None)
    if first is None or first.kind is not BlockKind.HEADING:
        return None
    if any(entry.name.casefold() == "title" for entry in titles):
        return None
    levels = Counter(block.level for block in blocks if block.kind is BlockKind.HEADING)
    alone = levels[first.level] == 1
    return first if alone and first.level == min(levels) else None


def _elements(blocks: Sequence[Block]) -> list[Element]:
    divided = any(block.kind in (BlockKind.BREAK, BlockKind.HEADING) for block in blocks)
    told = [block for block in blocks if block.kind is not BlockKind.REMARK]
    following = {id(block): after for block, after in pairwise(told)}
    elements: list[Element] = []
    opened = False
    for block in blocks:
        if block.kind is BlockKind.REMARK:
            elements.append(Element(Kind.NOTE, block.text, block.span))
        elif block.kind is BlockKind.BREAK:
            elements.append(Element(Kind.PAGE_BREAK, block.text, block.span))
            opened = False
        elif block.kind is BlockKind.HEADING:
            elements.append(_heading(block, following.get(id(block))))
            opened = elements[-1].kind is Kind.SCENE_HEADING
        else:
            if not opened:
                elements.append(_opening(block))
                opened = divided
            elements.extend(_narrated(block))
    return elements


def _heading(block: Block, after: Block | None) -> Element:
    if after is not None and after.kind is BlockKind.HEADING and after.level > block.level:
        return Element(Kind.SECTION, block.text, block.span, level=block.level)
    return Element(Kind.SCENE_HEADING, block.text, block.span, forced=True)


def _opening(paragraph: Block) -> Element:
    """Make a heading for a scene that has none, from the first words of its first paragraph."""
    words = paragraph.text.split()
    text = " ".join(words[:_OPENING_WORDS]).rstrip(".,;:!?") + ("…" if len(words) > _OPENING_WORDS else "")
    return Element(Kind.SCENE_HEADING, text, _first_line(paragraph.span), forced=True)


def _narrated(paragraph: Block) -> tuple[Element, Element]:
    return (
        Element(Kind.CHARACTER, NARRATOR, _first_line(paragraph.span), NARRATOR, ("V.O.",)),
        Element(Kind.DIALOGUE, paragraph.marked, paragraph.span, NARRATOR, ("V.O.",)),
    )


def _first_line(span: Span) -> Span:
    last = span.column_last if span.line_first == span.line_last else 0
    return Span(span.line_first, span.line_first, span.column_first, last)
