"""A screenplay into FDX: what Final Draft has a paragraph for becomes that, and the rest notes.

Synopses directly below a heading become the scene's summary, other synopses and sections outline
paragraphs; notes and boneyards become script notes of the paragraph before them. An element without text
is left out. Characters that XML cannot hold become U+FFFD, a form feed a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as Xml

from studio_jobs.screenplay.elements import Element, Kind, Screenplay
from studio_jobs.screenplay.emphasis import Run, runs_of
from studio_jobs.screenplay.fdx.texts import one_line
from studio_jobs.screenplay.fdx.titles import CENTRED, ENTRY, UNNAMED
from studio_jobs.screenplay.fdx.vocabulary import (
    BONEYARD,
    CAST_LIST,
    SPOKEN,
    STYLED,
    is_remark,
    type_of,
)

_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
_ROOT = {"DocumentType": "Script", "Template": "No", "Version": "5"}
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANK_LINES_BEFORE_TITLE = 12


def write_fdx(screenplay: Screenplay) -> bytes:
    """Return the screenplay as a Final Draft file in UTF-8. Never raises; see the module for what changes."""
    root = Xml.Element("FinalDraft", _ROOT)
    _Writer(Xml.SubElement(root, "Content"), screenplay.elements).write()
    if screenplay.title_page:
        _write_titles(Xml.SubElement(root, "TitlePage"), screenplay.title_page)
    _write_cast(root, screenplay.elements)
    Xml.indent(root)
    return (_HEADER + Xml.tostring(root, encoding="unicode") + "\n").encode()


class _Writer:
    """One pass over the elements; `_paragraph` is the last one written, which notes hang on."""

    def __init__(self, content: Xml.Element, elements: Sequence[Element]) -> None:
        self._content = content
        self._holder = content
        self._elements = elements
        self._dual_last = _dual_dialogues(elements)
        self._dual_until = -1
        self._paragraph: Xml.Element | None = None
        self._page_opens = False
        self._speaks = False
        self._summary: Xml.Element | None = None
        self._heading: Xml.Element | None = None

    def write(self) -> None:
        for at, element in enumerate(self._elements):
            self._enter_dual(at)
            if element.kind is Kind.PAGE_BREAK:
                self._break_page()
            elif is_remark(element):
                self._write_remark(element)
            elif element.kind is Kind.SYNOPSIS and self._heading is not None:
                self._write_summary(element)
            elif element.text.strip() or element.kind is Kind.PARENTHETICAL:
                self._write_paragraph(element)
            if at == self._dual_until:
                self._holder = self._content
                self._speaks = False
        if self._page_opens:
            self._empty_paragraph()

    def _enter_dual(self, at: int) -> None:
        last = self._dual_last.get(at)
        if last is not None:
            wrap = self._new_paragraph({})
            self._holder = Xml.SubElement(wrap, "DualDialogue")
            self._dual_until = last

    def _break_page(self) -> None:
        if self._page_opens:
            self._empty_paragraph()
        self._page_opens = True
        self._speaks = False
        self._heading = None

    def _new_paragraph(self, attributes: dict[str, str]) -> Xml.Element:
        if self._page_opens:
            attributes = {**attributes, "StartsNewPage": "Yes"}
            self._page_opens = False
        self._heading = self._summary = None
        self._paragraph = Xml.SubElement(self._holder, "Paragraph", attributes)
        return self._paragraph

    def _empty_paragraph(self) -> Xml.Element:
        paragraph = self._new_paragraph({"Type": "Action"})
        Xml.SubElement(paragraph, "Text")
        self._speaks = False
        return paragraph

    def _write_paragraph(self, element: Element) -> None:
        spoken = element.kind in SPOKEN and bool(element.name)
        if self._speaks and element.kind is Kind.LYRICS and not spoken:
            # Without the blank line the song would be the speaker's.
            self._empty_paragraph()
        paragraph = self._new_paragraph(_attributes(element))
        runs = runs_of(_words(element)) if element.kind in STYLED else (Run(_words(element)),)
        _write_runs(paragraph, runs)
        self._speaks = spoken or element.kind is Kind.CHARACTER
        self._heading = paragraph if element.kind is Kind.SCENE_HEADING else None

    def _write_summary(self, element: Element) -> None:
        if not element.text.strip() or self._heading is None:
            return
        if self._summary is None:
            properties = Xml.Element("SceneProperties")
            self._heading.insert(0, properties)
            self._summary = Xml.SubElement(properties, "Summary")
        _write_runs(Xml.SubElement(self._summary, "Paragraph"), (Run(element.text),))

    def _write_remark(self, element: Element) -> None:
        if not element.text.strip():
            return
        self._heading = None
        paragraph = self._paragraph
        if paragraph is None or self._page_opens:
            paragraph = self._empty_paragraph()
        name = BONEYARD if element.kind is Kind.BONEYARD else element.name
        note = Xml.SubElement(paragraph, "ScriptNote", {"Name": _xml(name)} if name else {})
        _write_runs(Xml.SubElement(note, "Paragraph"), (Run(element.text),))


def _attributes(element: Element) -> dict[str, str]:
    if element.kind is Kind.NOTE:
        return {"Type": CAST_LIST}
    attributes = {"Type": type_of(element)}
    if element.scene_number and element.kind is Kind.SCENE_HEADING:
        attributes["Number"] = _xml(element.scene_number)
    if element.kind is Kind.CENTRED:
        attributes["Alignment"] = "Center"
    return attributes


def _words(element: Element) -> str:
    if element.kind is Kind.CHARACTER:
        return " ".join((element.name, *(f"({extension})" for extension in element.extensions)))
    return f"({element.text})" if element.kind is Kind.PARENTHETICAL else element.text


def _dual_dialogues(elements: Sequence[Element]) -> dict[int, int]:
    """Return the first and last index of every dialogue of two or more who speak at once."""
    found: dict[int, int] = {}
    opened = speech = -1  # where the dialogue that may become dual begins, and the speech under way
    for at, element in enumerate(elements):
        if element.kind is Kind.CHARACTER:
            opened = opened if element.dual and speech >= 0 else at
            speech = at
        elif not is_remark(element) and not (element.kind in SPOKEN and element.name):
            opened = speech = -1
        if 0 <= opened < speech and not is_remark(element):
            found[opened] = at
    return found


def _write_runs(paragraph: Xml.Element, runs: Iterable[Run]) -> None:
    for run in runs or (Run(""),):
        names = [
            name
            for name, shown in (("Bold", run.bold), ("Italic", run.italic), ("Underline", run.underline))
            if shown
        ]
        text = Xml.SubElement(paragraph, "Text", {"Style": "+".join(names)} if names else {})
        text.text = _xml(run.text)


def _write_titles(page: Xml.Element, entries: Iterable[Element]) -> None:
    """Write the title page: the middle entries below blank lines, the others at the left."""
    content = Xml.SubElement(page, "Content")
    for _ in range(_BLANK_LINES_BEFORE_TITLE):
        _write_runs(Xml.SubElement(content, "Paragraph", {"Alignment": "Center"}), ())
    for entry in entries:
        key = one_line(_xml(entry.name))
        alignment = "Center" if key.casefold() in CENTRED else "Left"
        paragraph = Xml.SubElement(content, "Paragraph", {"Alignment": alignment, ENTRY: key})
        named = () if key.casefold() in UNNAMED else (Run(f"{key}: "),)
        _write_runs(paragraph, (*named, *runs_of(entry.text)))
        _write_runs(Xml.SubElement(content, "Paragraph", {"Alignment": alignment}), ())


def _write_cast(root: Xml.Element, elements: Iterable[Element]) -> None:
    names = dict.fromkeys(element.name for element in elements if element.kind is Kind.CHARACTER)
    if names:
        characters = Xml.SubElement(Xml.SubElement(root, "SmartType"), "Characters")
        for name in names:
            Xml.SubElement(characters, "Character").text = _xml(name)


def _xml(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " "))
