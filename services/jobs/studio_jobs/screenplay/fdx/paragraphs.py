"""The paragraphs of FDX into elements, one after the other."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from studio_jobs.screenplay.cues import read_cue
from studio_jobs.screenplay.elements import Diagnostic, Element, Kind
from studio_jobs.screenplay.emphasis import escaped, plain
from studio_jobs.screenplay.fdx.asides import is_omitted, read_asides, read_note, read_omitted
from studio_jobs.screenplay.fdx.markup import Node
from studio_jobs.screenplay.fdx.texts import is_aside, marked_text, one_line, plain_text
from studio_jobs.screenplay.fdx.vocabulary import CAST_LIST, ONE_LINE, SPOKEN, STYLED, kind_of, level_of
from studio_jobs.screenplay.headings import is_heading
from studio_jobs.screenplay.mistakes import mistake
from studio_jobs.screenplay.transitions import is_transition

_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_ALIGNED_CENTRE = frozenset({"center", "centre"})
PAGE_BREAK = "==="


@dataclass(frozen=True, slots=True)
class _Speech:
    """The cue that what follows is spoken under."""

    name: str
    extensions: tuple[str, ...]
    dual: bool


class ParagraphReader:
    """One pass over the content; `_speech` is None where nobody speaks."""

    def __init__(self, line_bytes_max: int) -> None:
        self._line_bytes_max = line_bytes_max
        self._speech: _Speech | None = None
        self._last_speaker = ""
        self._voices: int | None = None
        self._unknown_types: set[str] = set()
        # The characters of text up to each paragraph's end, and how many elements there were by then.
        self._read_characters = 0
        self._marks: list[tuple[int, int]] = []
        self.elements: list[Element] = []
        self.diagnostics: list[Diagnostic] = []

    def _marked(self, paragraph: Node) -> str:
        return marked_text(paragraph, self._line_bytes_max)

    def _plain(self, paragraph: Node) -> str:
        return plain_text(paragraph, self._line_bytes_max)

    def read_content(self, node: Node) -> None:
        """Read paragraphs, in elements that only hold paragraphs too; other text becomes action."""
        for part in node.parts:
            if isinstance(part, str):
                if part.strip():
                    self._add(Kind.ACTION, escaped(part.strip()), node)
            elif part.name in ("Paragraph", "Text"):
                self._read_paragraph(part)
            elif part.name == "DualDialogue":
                self._read_dual(part)
            elif part.name == "ScriptNote":
                self.elements += read_note(part, self._line_bytes_max)
            elif part.name == "OmittedScene":
                self._omit(part)
            else:
                self.read_content(part)

    def place_of(self, characters: str) -> int:
        """Return how many elements stand before the start of a range of characters ("120,134")."""
        first = characters.partition(",")[0].strip()
        if not first.isdecimal() or len(first) > 9:
            return len(self.elements)
        at = bisect_right(self._marks, int(first), key=lambda mark: mark[0])
        return self._marks[at][1] if at < len(self._marks) else len(self.elements)

    def _read_paragraph(self, node: Node) -> None:
        if node.attribute("StartsNewPage").casefold() == "yes":
            self._add(Kind.PAGE_BREAK, PAGE_BREAK, node)
        if node.child("OmittedScene") is not None or is_omitted(node):
            self._omit(node)
        else:
            self._read_typed(node)
        self.elements += read_asides(node, self._line_bytes_max)
        self._read_nested(node)
        self._read_characters += len(self._plain(node)) + 1
        self._marks.append((self._read_characters, len(self.elements)))

    def _read_nested(self, node: Node) -> None:
        for child in node.children:
            if child.name == "DualDialogue":
                self._read_dual(child)
            elif child.name == "Paragraph":
                self._read_paragraph(child)
            elif not is_aside(child):
                self._read_nested(child)

    def _read_dual(self, node: Node) -> None:
        outer, self._voices = self._voices, 0
        self._speech = None
        self.read_content(node)
        self._voices, self._speech = outer, None

    def _read_typed(self, node: Node) -> None:
        paragraph_type = node.attribute("Type")
        kind = kind_of(paragraph_type)
        if kind is None:
            self._report_type(paragraph_type, node)
            kind = Kind.ACTION
        text = self._marked(node) if kind in STYLED else self._plain(node)
        text = one_line(text) if kind in ONE_LINE else text
        if not text:
            # An empty paragraph is a blank line: nobody speaks after it, but for those who speak at once.
            if self._voices is None and not any(is_aside(child) for child in node.children):
                self._speech = None
        elif kind is Kind.CHARACTER:
            self._add_cue(node, text)
        elif kind in SPOKEN:
            self._add_spoken(node, kind, text)
        else:
            self._add_unspoken(node, kind, text)

    def _add_unspoken(self, node: Node, kind: Kind, text: str) -> None:
        if kind is Kind.SCENE_HEADING:
            self._add_heading(node, text)
        elif kind is Kind.ACTION:
            self._add_action(node)
        elif kind is Kind.SECTION:
            self._add(kind, text, node, level=level_of(node.attribute("Type")))
        elif kind is Kind.NOTE:
            cast = node.attribute("Type").casefold() == CAST_LIST.casefold()
            self._add(kind, text, node, name=CAST_LIST if cast else "")
        elif kind is Kind.SYNOPSIS:
            self._add_lines(kind, text, node)
        elif kind is Kind.TRANSITION:
            self._add(kind, text, node, forced=not is_transition(text, blank_below=True))
        else:
            self._add(kind, text, node)

    def _add(
        self,
        kind: Kind,
        text: str,
        node: Node,
        *,
        name: str = "",
        scene_number: str = "",
        level: int = 0,
        forced: bool = False,
    ) -> None:
        """Add an element that nobody speaks."""
        if kind is not Kind.NOTE or name == CAST_LIST:
            self._speech = None
        self.elements.append(
            Element(kind, text, node.span, name=name, scene_number=scene_number, level=level, forced=forced)
        )

    def _add_lines(self, kind: Kind, text: str, node: Node) -> None:
        for line in text.split("\n"):
            text = one_line(line) if kind is Kind.SYNOPSIS else line.strip()
            if text:
                self._add(kind, text, node)

    def _add_heading(self, node: Node, text: str) -> None:
        self._last_speaker = ""
        number = one_line(node.attribute("Number"))
        self._add(Kind.SCENE_HEADING, text, node, scene_number=number, forced=not is_heading(text))

    def _add_action(self, node: Node) -> None:
        text = self._marked(node)
        if node.attribute("Alignment").casefold() in _ALIGNED_CENTRE:
            self._add_lines(Kind.CENTRED, text, node)
            return
        for piece in _BLANK_LINES.split(text):
            # Final Draft's writers set FADE IN: as action or general.
            fades = is_transition(piece.strip(), blank_below=False) if piece.strip() else False
            if piece.strip():
                self._add(Kind.TRANSITION if fades else Kind.ACTION, piece.strip(), node)

    def _add_cue(self, node: Node, text: str) -> None:
        name, extensions = _cue(text)
        dual = bool(self._voices) and self._speech is not None
        if self._voices is not None:
            self._voices += 1
        self._speech = _Speech(name, extensions, dual)
        self._last_speaker = name
        self._add_character(node, self._speech)

    def _add_character(self, node: Node, speech: _Speech) -> None:
        text = escaped(speech.name)
        forced = read_cue(text) is None
        self.elements.append(
            Element(
                Kind.CHARACTER,
                text,
                node.span,
                speech.name,
                speech.extensions,
                dual=speech.dual,
                forced=forced,
            )
        )

    def _add_spoken(self, node: Node, kind: Kind, text: str) -> None:
        if self._speech is None and kind is Kind.LYRICS:
            self._add_lines(kind, text, node)
            return
        if self._speech is None and not self._cue_anew(node):
            self._add_action(node)
            return
        if kind is Kind.PARENTHETICAL:
            text = one_line(text)
            texts = [text[1:-1].strip() if text[:1] + text[-1:] == "()" and len(text) > 1 else text]
        elif kind is Kind.LYRICS:
            texts = [line.strip() for line in text.split("\n") if line.strip()]
        else:
            texts = [text]
        speech = self._speech
        if speech is not None:
            self.elements.extend(
                Element(kind, piece, node.span, speech.name, speech.extensions, dual=speech.dual)
                for piece in texts
            )

    def _cue_anew(self, node: Node) -> bool:
        """Give speech without a cue to who spoke last in the scene, and report it; False without one."""
        if not self._last_speaker:
            self._report_speech(
                node, "it is read as action.", "Put a paragraph of the type Character before it."
            )
            return False
        name = self._last_speaker
        self._report_speech(
            node,
            f"it is given to {name}, who spoke last.",
            f"Put a paragraph of the type Character before it: {name} (CONT'D).",
        )
        again, extensions = _cue(f"{name} (CONT'D)")
        self._speech = _Speech(name, extensions if again == name else (), dual=False)
        self._add_character(node, self._speech)
        return True

    def _omit(self, node: Node) -> None:
        self._speech = None
        self._last_speaker = ""
        self.elements += read_omitted(node, self._line_bytes_max)

    def _report_type(self, paragraph_type: str, node: Node) -> None:
        if paragraph_type in self._unknown_types:
            return
        self._unknown_types.add(paragraph_type)
        text = f"Paragraphs of the type {paragraph_type[:60]} are read as action."
        cure = "If they are something else, give them one of Final Draft's own types."
        self.diagnostics.append(mistake("PARAGRAPH_TYPE_UNKNOWN", node.span, text, cure))

    def _report_speech(self, node: Node, text: str, cure: str) -> None:
        whole = f"This dialogue has no character before it; {text}"
        self.diagnostics.append(mistake("SPEECH_WITHOUT_CUE", node.span, whole, cure))


def _cue(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the name and the extensions of a cue; all of it is the name where Fountain would see marks."""
    cue = None if "^" in text else read_cue(f"@{escaped(text)}")
    if cue is None:
        return text, ()
    return cue.name, tuple(plain(extension) for extension in cue.extensions)
