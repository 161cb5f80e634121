"""Markdown into blocks of prose, by markdown-it: its text stays, its marks go, and nothing is lost.

What is not to be spoken (comments, the targets of links by reference) is kept as remarks, front matter as
a title page. Code is spoken like other text, an image by its description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from studio_jobs.screenplay.elements import Element
from studio_jobs.screenplay.emphasis import Run, escaped, marked_up
from studio_jobs.screenplay.frontmatter import read_front_matter
from studio_jobs.screenplay.plain import heading_level, is_break, span_of
from studio_jobs.screenplay.prose import Block, BlockKind

# Four spaces open a paragraph in more texts than they mark code in.
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
_SETEXT_CHARACTERS_MAX = 80
# Each mark costs markdown-it some 20 microseconds; a text of nothing but marks is no Markdown.
_INLINE_MARKS_MAX = 50_000
_LINES_MAX = 100_000
_MARKS = re.compile(r"(?:[ \t]|>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)|#{1,6}(?=[ \t]|$))*")
_REFERENCE = re.compile(r"[ \t>]*\[[^\]]+\]:")
_COMMENT = re.compile(r"<!--(.*?)(?:-->|$)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<[!?][^<>]*>")
_LINE_TAGS = ("<br", "<BR")


@dataclass(slots=True)
class _Inline:
    """What an inline token holds: runs to be spoken, and comments."""

    runs: list[Run] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def is_readable(text: str) -> bool:
    """Say whether a text has no more lines and marks than a Markdown text may have."""
    if text.count("\n") > _LINES_MAX:
        return False
    return sum(map(text.count, "[]*_`<!&~|")) <= _INLINE_MARKS_MAX


def read_markdown(text: str) -> tuple[tuple[Element, ...], list[Block]]:
    """Read a text with "\\n" line ends; return the title entries of its front matter, and its blocks."""
    lines = text.split("\n")
    titles, taken = read_front_matter(lines)
    body = "\n".join([""] * taken + lines[taken:])
    reader = _Reader(lines, _MARKDOWN.parse(body))
    reader.read()
    blocks = [*reader.blocks, *_uncovered(lines, taken, reader.covered)]
    return titles, sorted(blocks, key=lambda block: (block.span.line_first, block.span.column_first))


class _Reader:
    """One pass over the tokens; `covered` are the lines, from 0, that blocks were made of."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[Token]) -> None:
        self._lines = lines
        self._tokens = tokens
        self._bullet = ""
        self.blocks: list[Block] = []
        self.covered: set[int] = set()

    def read(self) -> None:
        row: list[Token] | None = None
        for at, token in enumerate(self._tokens):
            match token.type:
                case "heading_open":
                    self._add_heading(token, self._tokens[at + 1])
                case "paragraph_open":
                    self._add_paragraph(token, self._tokens[at + 1])
                case "list_item_open":
                    # A number may be a year: it is part of what is said. A dash is not.
                    self._bullet = f"{token.info}{token.markup} " if token.info else ""
                case "fence":
                    self._add_text([Run(token.content)], self._lines_of(token))
                case "html_block":
                    self._add_html(token)
                case "hr":
                    first, last = self._lines_of(token)
                    self._add(BlockKind.BREAK, self._lines[first], (first, last))
                case "table_open":
                    self._lines_of(token)
                case "tr_open":
                    row = []
                case "tr_close":
                    self._add_row(row or [])
                    row = None
                case "inline" if row is not None:
                    row.append(token)

    def _lines_of(self, token: Token) -> tuple[int, int]:
        """Return the first and last line of a block, from 0, and count them as covered."""
        first, end = token.map or (0, 1)
        self.covered.update(range(first, end))
        last = min(end, len(self._lines)) - 1
        while last > first and not self._lines[last].strip():
            last -= 1
        return first, last

    def _add(self, kind: BlockKind, text: str, lines: tuple[int, int], level: int = 0) -> None:
        if text.strip():
            self.blocks.append(Block(kind, text.strip(), span_of(self._lines, *lines), level))

    def _add_heading(self, token: Token, inline: Token) -> None:
        read = _inline(inline.children or ())
        text = "".join(run.text for run in read.runs)
        first, last = self._lines_of(token)
        if token.markup[0] in "=-" and not _is_title(text):
            # A line of dashes right below a paragraph is meant as a break.
            self._add_text(read.runs, (first, last - 1))
            self._add(BlockKind.BREAK, self._lines[last], (last, last))
        else:
            self._add(BlockKind.HEADING, " ".join(text.split()), (first, last), int(token.tag[1:]))
        self._add_comments(read, (first, last))

    def _add_paragraph(self, token: Token, inline: Token) -> None:
        children = inline.children or []
        first, last = self._lines_of(token)
        opening = self._lines[first].strip()
        if first < last and token.level == 0 and heading_level(opening) == 2:
            # "Chapter 2" is a heading even without a blank line below.
            self._add(BlockKind.HEADING, " ".join(opening.split()), (first, first), 2)
            first += 1
            broken = (at for at, child in enumerate(children) if child.type in ("softbreak", "hardbreak"))
            children = children[next(broken, -1) + 1 :]
        read = _inline(children)
        text = "".join(run.text for run in read.runs).strip()
        level = heading_level(text) if first == last and token.level == 0 else 0
        if is_break(text):
            self._add(BlockKind.BREAK, text, (first, last))
        elif level:
            self._add(BlockKind.HEADING, text, (first, last), level)
        else:
            self._add_text([Run(self._bullet), *read.runs], (first, last))
        self._bullet = ""
        self._add_comments(read, (first, last))

    def _add_text(self, runs: Sequence[Run], lines: tuple[int, int]) -> None:
        marked = _tidy(marked_up(runs))
        if marked:
            text = _tidy("".join(run.text for run in runs))
            self.blocks.append(Block(BlockKind.PARAGRAPH, text, span_of(self._lines, *lines), marked=marked))

    def _add_html(self, token: Token) -> None:
        lines = self._lines_of(token)
        comments = _COMMENT.findall(token.content)
        self._add_text([Run(_TAG.sub("", _COMMENT.sub("", token.content)))], lines)
        self._add_comments(_Inline(comments=comments), lines)

    def _add_row(self, cells: Sequence[Token]) -> None:
        runs: list[Run] = []
        for cell in cells:
            read = _inline(cell.children or ())
            runs += ([Run(", ")] if runs and read.runs else []) + read.runs
            self._add_comments(read, self._lines_of(cell))
        if cells and runs:
            self._add_text(runs, self._lines_of(cells[0]))

    def _add_comments(self, read: _Inline, lines: tuple[int, int]) -> None:
        for comment in read.comments:
            self._add(BlockKind.REMARK, comment, lines)


def _tidy(text: str) -> str:
    return "\n".join(" ".join(row.split()) for row in text.strip().split("\n"))


def _is_title(text: str) -> bool:
    return len(text) <= _SETEXT_CHARACTERS_MAX and "\n" not in text and text[-1:] not in '.!?…"”'


def _inline(children: Iterable[Token]) -> _Inline:
    found = _Inline()
    look = Run("")
    for child in children:
        match child.type:
            case "strong_open" | "strong_close":
                look = replace(look, bold=child.nesting > 0)
            case "em_open" | "em_close":
                look = replace(look, italic=child.nesting > 0)
            case "softbreak":
                found.runs.append(replace(look, text=" "))
            case "hardbreak":
                found.runs.append(Run("\n"))
            case "html_inline" if child.content.startswith("<!--"):
                found.comments += _COMMENT.findall(child.content)
            case "html_inline" if child.content.startswith(_LINE_TAGS):
                found.runs.append(Run("\n"))
            case "html_inline":
                pass
            case _ if child.content:
                found.runs.append(replace(look, text=child.content))
    return found


def _uncovered(lines: Sequence[str], taken: int, covered: set[int]) -> Iterator[Block]:
    """Yield what no block was made of: targets of links, and what is nested deeper than any list is."""
    for at in range(taken, len(lines)):
        if at in covered or not lines[at].strip():
            continue
        text = lines[at][_marks_end(lines[at]) :].strip()
        if _REFERENCE.match(lines[at]):
            yield Block(BlockKind.REMARK, lines[at].strip(), span_of(lines, at, at))
        elif text:
            yield Block(BlockKind.PARAGRAPH, text, span_of(lines, at, at), marked=escaped(text))


def _marks_end(line: str) -> int:
    found = _MARKS.match(line)
    return found.end() if found else 0
