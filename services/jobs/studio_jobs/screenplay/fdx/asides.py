"""What hangs on paragraphs of FDX: notes, summaries, alternates and omitted scenes; none of it is filmed."""

from __future__ import annotations

from studio_jobs.screenplay.elements import Element, Kind
from studio_jobs.screenplay.fdx.markup import Node
from studio_jobs.screenplay.fdx.texts import one_line, plain_text, text_within
from studio_jobs.screenplay.fdx.vocabulary import ALTERNATE, BONEYARD, kind_of

_OMITTED = frozenset({"OMITTED", "OMIT", "SCENE OMITTED"})


def read_asides(paragraph: Node, line_bytes_max: int) -> list[Element]:
    """Return the title and summary of a scene as synopses, then notes and alternates as notes."""
    found: list[Element] = []
    for properties in paragraph.named("SceneProperties"):
        found += _synopses(properties, line_bytes_max)
    for child in paragraph.children:
        if child.name == "ScriptNote":
            found += read_note(child, line_bytes_max)
        elif "alternate" in child.name.casefold():
            found += _alternates(child, line_bytes_max)
    return found


def read_note(note: Node, line_bytes_max: int) -> list[Element]:
    """Return a `ScriptNote` as one element, a boneyard if it is named so; nothing without text."""
    text = text_within(note, line_bytes_max)
    name = note.attribute("Name")
    if not text:
        return []
    if name == BONEYARD:
        return [Element(Kind.BONEYARD, text, note.span)]
    return [Element(Kind.NOTE, text, note.span, name=name if name == ALTERNATE else "")]


def is_omitted(paragraph: Node) -> bool:
    """Say whether a heading is what is left of a scene that was taken out."""
    if kind_of(paragraph.attribute("Type")) is not Kind.SCENE_HEADING:
        return False
    words = "".join(part for text in paragraph.named("Text") for part in text.parts if isinstance(part, str))
    return one_line(words[:40]).strip(".").upper() in _OMITTED


def read_omitted(node: Node, line_bytes_max: int) -> list[Element]:
    """Return the number of an omitted scene as a note, and its text as a boneyard."""
    found: list[Element] = []
    words = f"{node.attribute('Number')} {plain_text(node, line_bytes_max)}"
    if one_line(words):
        found.append(Element(Kind.NOTE, one_line(words), node.span))
    for scene in (node,) if node.name == "OmittedScene" else node.named("OmittedScene"):
        text = text_within(scene, line_bytes_max)
        found += [Element(Kind.BONEYARD, text, scene.span)] if text else []
    return found


def _synopses(properties: Node, line_bytes_max: int) -> list[Element]:
    found: list[Element] = []
    title = one_line(properties.attribute("Title"))
    if title:
        found.append(Element(Kind.SYNOPSIS, title, properties.span))
    for summary in properties.named("Summary"):
        lines = text_within(summary, line_bytes_max).split("\n")
        found += [Element(Kind.SYNOPSIS, one_line(x), summary.span) for x in lines if x.strip()]
    return found


def _alternates(node: Node, line_bytes_max: int) -> list[Element]:
    """Return each alternate wording of a speech as a note of that name."""
    bare = any(isinstance(part, str) and part.strip() for part in node.parts)
    single = bare or any(child.name in ("Text", "Paragraph") for child in node.children)
    holders = [node] if single else list(node.children)
    texts = ((holder, text_within(holder, line_bytes_max)) for holder in holders)
    return [Element(Kind.NOTE, text, holder.span, name=ALTERNATE) for holder, text in texts if text]
