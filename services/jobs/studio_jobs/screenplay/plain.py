"""Plain text and Markdown into elements: headings and paragraphs become scenes, their text is narrated."""

from __future__ import annotations

from dataclasses import dataclass

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Screenplay, Severity, Span

NARRATOR = "NARRATOR"
_SENTENCE_ENDS = ".!?…。!?\"'”’)"
_HEADING_WORDS = ("CHAPTER ", "PART ", "ACT ", "SCENE ")
_SCENE_BREAKS = frozenset({"***", "* * *", "---", "- - -", "___", "#"})
_OPENING_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Paragraph:
    rows: tuple[str, ...]
    span: Span

    @property
    def text(self) -> str:
        return " ".join(row.strip() for row in self.rows)


def parse_plain(text: str) -> Screenplay | None:
    """Parse prose with "\\n" line ends; None when it holds no paragraph with a whole sentence.

    With headings or breaks, each of them opens a scene; without, each paragraph is one. The paragraphs
    are spoken by a narrator out of frame.
    """
    paragraphs = _paragraphs(text)
    if not any(_is_sentence(paragraph) for paragraph in paragraphs):
        return None
    divided = any(_is_break(p) or _is_heading(p) for p in paragraphs[1:])
    elements: list[Element] = []
    title: tuple[Element, ...] = ()
    opened = False
    for index, paragraph in enumerate(paragraphs):
        if _is_break(paragraph):
            elements.append(Element(Kind.PAGE_BREAK, paragraph.text, paragraph.span))
            opened = False
        elif _is_heading(paragraph) and index == 0:
            title = (Element(Kind.TITLE_ENTRY, _heading_text(paragraph), paragraph.span, name="Title"),)
        elif _is_heading(paragraph):
            elements.append(
                Element(Kind.SCENE_HEADING, _heading_text(paragraph), paragraph.span, forced=True)
            )
            opened = True
        else:
            if not opened:
                elements.append(_opening(paragraph))
                opened = divided
            elements.extend(_narrated(paragraph))
    note = Diagnostic(
        1,
        Severity.INFO,
        "No scene heading was found, so the text is read as prose for a narrator.",
        "For scenes and dialogue, write Fountain: a line such as INT. KITCHEN - NIGHT opens a scene.",
    )
    return Screenplay(title, tuple(elements), (note,))


def _paragraphs(text: str) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    rows: list[str] = []
    for number, row in enumerate((*text.split("\n"), ""), start=1):
        if row.strip() and not row.lstrip().startswith("# ") and not row.lstrip().startswith("## "):
            rows.append(row)
            continue
        if rows:
            found.append(_Paragraph(tuple(rows), Span(number - len(rows), number - 1)))
            rows = []
        if row.strip():
            found.append(_Paragraph((row,), Span(number, number)))
    return found


def _is_sentence(paragraph: _Paragraph) -> bool:
    return not _is_heading(paragraph) and paragraph.text[-1] in _SENTENCE_ENDS and " " in paragraph.text


def _is_break(paragraph: _Paragraph) -> bool:
    return paragraph.text in _SCENE_BREAKS


def _is_heading(paragraph: _Paragraph) -> bool:
    text = paragraph.text
    if len(paragraph.rows) == 2 and not paragraph.rows[1].strip().strip("=-"):
        return True
    if len(paragraph.rows) > 1 or len(text) > 80 or text in _SCENE_BREAKS:
        return False
    return text.startswith("#") or text.upper().startswith(_HEADING_WORDS) or text.isupper()


def _heading_text(paragraph: _Paragraph) -> str:
    return paragraph.rows[0].strip().strip("#").strip()


def _opening(paragraph: _Paragraph) -> Element:
    """Make a heading for a scene that has none, from the first words of its first paragraph."""
    words = paragraph.text.split()
    text = " ".join(words[:_OPENING_WORDS]).rstrip(".,;:!?") + ("…" if len(words) > _OPENING_WORDS else "")
    first = paragraph.span.line_first
    return Element(Kind.SCENE_HEADING, text, Span(first, first), forced=True)


def _narrated(paragraph: _Paragraph) -> tuple[Element, Element]:
    first = Span(paragraph.span.line_first, paragraph.span.line_first)
    return (
        Element(Kind.CHARACTER, NARRATOR, first, NARRATOR, ("V.O.",)),
        Element(Kind.DIALOGUE, paragraph.text, paragraph.span, NARRATOR, ("V.O.",)),
    )
