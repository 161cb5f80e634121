"""The text of FDX paragraphs: runs of `Text` elements, without what only hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.emphasis import Run, escaped, marked_up
from studio_jobs.screenplay.fdx.markup import Node

# What stands within a paragraph but is not its text; reading.py looks at each.
_ASIDES = frozenset(
    {"Paragraph", "ScriptNote", "SceneProperties", "OmittedScene", "DualDialogue", "DynamicLabel"}
)
_PLAIN = Run("")
_LINE_ENDS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})


def is_aside(node: Node) -> bool:
    """Say whether an element within a paragraph is none of its text; alternates have several names."""
    return node.name in _ASIDES or "alternate" in node.name.casefold()


def marked_text(paragraph: Node, line_bytes_max: int) -> str:
    """Return a paragraph's text with Fountain's marks for its styles, lines joined by "\\n".

    Raises ScreenplayRefused (LINE_TOO_LONG).
    """
    runs = list(_runs(paragraph, _PLAIN))
    styled = any(run.bold or run.italic or run.underline for run in runs)
    text = marked_up(runs) if styled else escaped("".join(run.text for run in runs))
    return _checked(text, paragraph, line_bytes_max)


def plain_text(paragraph: Node, line_bytes_max: int) -> str:
    """Return a paragraph's text without styles, lines joined by "\\n".

    Raises ScreenplayRefused (LINE_TOO_LONG).
    """
    text = "".join(run.text for run in _runs(paragraph, _PLAIN))
    return _checked(text, paragraph, line_bytes_max)


def one_line(text: str) -> str:
    """Return text with every run of white space made one space."""
    return " ".join(text.split())


def text_within(node: Node, line_bytes_max: int) -> str:
    """Return all text within an element, however deep, without styles: a line for each paragraph.

    Raises ScreenplayRefused (LINE_TOO_LONG).
    """
    pieces = [""]
    _gather(node, pieces)
    return "\n".join(_checked(piece, node, line_bytes_max) for piece in pieces).strip()


def _gather(node: Node, pieces: list[str]) -> None:
    for part in node.parts:
        if isinstance(part, str):
            if node.name == "Text" or part.strip():
                pieces[-1] += part.translate(_LINE_ENDS)
            continue
        divides = part.name != "Text" and bool(pieces[-1].strip())
        if divides:
            pieces.append("")
        _gather(part, pieces)
        if part.name == "Paragraph":
            pieces.append("")


def _runs(node: Node, look: Run) -> Iterator[Run]:
    """Yield the runs of an element; `look` is a run of the look that it stands in."""
    for part in node.parts:
        if isinstance(part, str):
            # Between the elements of a paragraph, white space is the file's layout.
            if node.name == "Text" or part.strip():
                yield replace(look, text=part.translate(_LINE_ENDS))
        elif not is_aside(part):
            yield from _runs(part, _look(part, look))


def _look(node: Node, around: Run) -> Run:
    names = {name.strip() for name in node.attribute("Style").split("+")}
    return Run(
        "",
        bold=around.bold or "Bold" in names,
        italic=around.italic or "Italic" in names,
        underline=around.underline or "Underline" in names,
    )


def _checked(text: str, node: Node, line_bytes_max: int) -> str:
    longest_bytes = max((len(line.encode()) for line in _long(text.split("\n"), line_bytes_max)), default=0)
    if longest_bytes > line_bytes_max:
        raise ScreenplayRefused(
            "LINE_TOO_LONG",
            f"The paragraph at line {node.line} has {longest_bytes:,} bytes; "
            f"the limit is {line_bytes_max:,}.",
            "Break it into paragraphs.",
            line=node.line,
        )
    return text.strip()


def _long(lines: Iterable[str], line_bytes_max: int) -> Iterator[str]:
    return (line for line in lines if len(line) * 4 > line_bytes_max)
