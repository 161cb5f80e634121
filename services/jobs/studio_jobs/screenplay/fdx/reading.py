"""FDX into a screenplay: title page, content, notes; what is odd about it becomes diagnostics."""

from __future__ import annotations

from dataclasses import replace

from studio_jobs.screenplay.elements import Element, Kind, Screenplay, ScreenplayRefused
from studio_jobs.screenplay.fdx.asides import read_note
from studio_jobs.screenplay.fdx.markup import Node, parse_markup
from studio_jobs.screenplay.fdx.names import one_spelling, silent_names
from studio_jobs.screenplay.fdx.paragraphs import ParagraphReader
from studio_jobs.screenplay.fdx.texts import marked_text
from studio_jobs.screenplay.fdx.titles import read_titles
from studio_jobs.screenplay.languages import tag_of


def read_fdx(data: bytes, line_bytes_max: int) -> Screenplay:
    """Read a Final Draft file; spans are lines and columns of its XML.

    Raises ScreenplayRefused: UNSUPPORTED_FORMAT, LINE_TOO_LONG, NO_SCENES, or what `parse_markup` raises.
    """
    root = parse_markup(data)
    content = root.child("Content") if root.name == "FinalDraft" else None
    if content is None:
        raise ScreenplayRefused(
            "UNSUPPORTED_FORMAT",
            f"The file is XML, but no Final Draft script: <{root.name[:40]}> at line {root.line}.",
            "Export it from your program as Final Draft (.fdx) or as Fountain.",
            line=root.line,
        )
    reader = ParagraphReader(line_bytes_max)
    reader.read_content(content)
    elements = _with_notes_of_the_end(root, reader, line_bytes_max)
    if not any(element.kind is Kind.SCENE_HEADING for element in elements):
        raise ScreenplayRefused(
            "NO_SCENES",
            "The script has no paragraph of the type Scene Heading.",
            "Set the line that opens each scene to Scene Heading, for example INT. KITCHEN - NIGHT.",
        )
    elements = one_spelling(elements)
    page = root.child("TitlePage")
    titles = read_titles(page, lambda node: marked_text(node, line_bytes_max)) if page else ()
    remarks = (*reader.diagnostics, *silent_names(root, elements))
    read = Screenplay(titles, elements, remarks)
    return replace(read, language=tag_of(read.title_entry("language")))


def _with_notes_of_the_end(root: Node, reader: ParagraphReader, line_bytes_max: int) -> tuple[Element, ...]:
    """Return the elements with the notes that the file keeps at its end, each where its range begins.

    Such a note has the span of the element before it: it belongs there.
    """
    notes: dict[int, list[Element]] = {}
    for note in (note for holder in root.named("ScriptNotes") for note in holder.named("ScriptNote")):
        place = reader.place_of(note.attribute("Range"))
        notes.setdefault(place, []).extend(read_note(note, line_bytes_max))
    elements = notes.pop(0, [])
    for place, element in enumerate(reader.elements, start=1):
        elements.append(element)
        elements += (replace(note, span=element.span) for note in notes.pop(place, ()))
    return tuple(elements)
