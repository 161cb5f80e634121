"""Fountain's emphasis in a text: `*italic*`, `**bold**`, `_underline_`, read into runs and written back.

Emphasis does not cross lines. A mark opens before a character and closes after one, an underline only at
the edges of a word; `\\*` and `\\_` are the characters themselves, and so is `\\[`, which keeps `[[` from
opening a note. What opens and does not close is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

_TOKEN = re.compile(r"\\[*_\[]|\*+|_+")
_SPECIAL = re.compile(r"[*_]|\[(?=\[)|(?<=\\)\[")
_BOLD, _ITALIC, _UNDERLINE = "**", "*", "_"
_MARKS = (_BOLD, _ITALIC, _UNDERLINE)
# The looks that a sequence of marks stands for; a longer one is text.
_LOOKS = {
    _BOLD + _ITALIC: (_BOLD, _ITALIC),
    _BOLD: (_BOLD,),
    _ITALIC: (_ITALIC,),
    _UNDERLINE: (_UNDERLINE,),
}


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters of one look, without marks and escapes."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(slots=True)
class _Token:
    """An escape or a sequence of marks in a line; `used` are the marks that open or close something."""

    first: int
    text: str
    opens: bool = False
    closes: bool = False
    used: int = 0


def runs_of(text: str) -> tuple[Run, ...]:
    """Return the runs of a text; their texts joined are what is read and shown."""
    if not _may_have_tokens(text):
        return (Run(text),) if text else ()
    lines = text.split("\n")
    runs = (run for at, line in enumerate(lines) for run in (Run("\n" if at else ""), *_line_runs(line)))
    return tuple(_joined(runs))


def plain(text: str) -> str:
    """Return the text without marks of emphasis and escapes, its lines kept."""
    if not _may_have_tokens(text):
        return text
    return "\n".join([_plain_line(line) for line in text.split("\n")])


def unclosed(line: str) -> list[int]:
    """Return where in a line, from 0, a mark opens emphasis that nothing closes."""
    if not _may_have_tokens(line):
        return []
    tokens, _ = _paired(line)
    return [
        token.first + token.used
        for token in tokens
        if token.opens and not token.closes and token.text in _LOOKS and token.used < len(token.text)
    ]


def marked_up(runs: Iterable[Run]) -> str:
    """Return runs as a text that `runs_of` reads back, their characters escaped where they would be marks.

    What Fountain cannot say is left out: looks of blanks, an underline of a part of a word.
    """
    pieces = _without_partial_underlines([piece for run in runs for piece in _split(run)])
    written: list[str] = []
    state = (False, False, False)
    for piece in (*pieces, Run("")):
        wanted = (piece.bold, piece.italic, piece.underline)
        changed = [mark for mark, old, new in zip(_MARKS, state, wanted, strict=True) if old != new]
        # What was opened last is closed first, so that equal sequences of stars stay one mark.
        written.extend(reversed(changed) if any(state) else changed)
        written.append(escaped(piece.text))
        state = wanted
    text = "".join(written)
    read = "".join(piece.text for piece in pieces)
    return text if plain(text) == read else escaped(read)


def escaped(text: str) -> str:
    """Return a text without looks as `runs_of` reads it: its marks escaped."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def _split(run: Run) -> list[Run]:
    """Return a run as runs whose looks touch no blank and cross no line."""
    if not (run.bold or run.italic or run.underline):
        return [run] if run.text else []
    found: list[Run] = []
    for at, line in enumerate(run.text.split("\n")):
        body = line.strip()
        before = line[: len(line) - len(line.lstrip())] if body else line
        after = line[len(line.rstrip()) :] if body else ""
        blanks = "\n" + before if at else before
        found += [Run(blanks), Run(body, run.bold, run.italic, run.underline), Run(after)]
    return [piece for piece in found if piece.text]


def _without_partial_underlines(pieces: list[Run]) -> list[Run]:
    found: list[Run] = []
    for underlined, group in groupby(pieces, key=lambda piece: piece.underline):
        members = list(group)
        if underlined and found and found[-1].text[-1].isalnum():
            members = [replace(piece, underline=False) for piece in members]
        elif not underlined and found and found[-1].underline and members[0].text[0].isalnum():
            last = next((at for at in range(len(found), 0, -1) if not found[at - 1].underline), 0)
            found[last:] = [replace(piece, underline=False) for piece in found[last:]]
        found += members
    return found


def _may_have_tokens(text: str) -> bool:
    """Say whether a text holds a character of a token; looking for each is quicker than a pattern."""
    return "*" in text or "_" in text or "\\" in text


def _plain_line(line: str) -> str:
    pieces: list[str] = []
    at = 0
    for token in _paired(line)[0]:
        pieces += (line[at : token.first], _literal(token))
        at = token.first + len(token.text)
    return "".join(pieces) + line[at:]


def _literal(token: _Token) -> str:
    """Return what a token shows: the character that it escapes, or its marks that are none."""
    return token.text[1:] if token.text.startswith("\\") else token.text[token.used :]


def _line_runs(line: str) -> Iterator[Run]:
    tokens, switches = _paired(line)
    state = dict.fromkeys(_MARKS, False)
    at = 0
    for token in tokens:
        yield Run(line[at : token.first], *state.values())
        for kind in switches.get(token.first, ()):
            state[kind] = not state[kind]
        yield Run(_literal(token), *state.values())
        at = token.first + len(token.text)
    yield Run(line[at:], *state.values())


def _paired(line: str) -> tuple[list[_Token], dict[int, list[str]]]:
    """Return the tokens of a line, and which looks change at each token that opens or closes one."""
    tokens = [_token(line, match) for match in _TOKEN.finditer(line)]
    opened: dict[str, _Token] = {}
    switches: dict[int, list[str]] = {}
    for token in tokens:
        for kind in _LOOKS.get(token.text, ()):
            opening = opened.pop(kind, None) if token.closes else None
            if opening is not None:
                for end in (opening, token):
                    end.used += len(kind)
                    switches.setdefault(end.first, []).append(kind)
            elif token.opens:
                opened[kind] = token
    return tokens, switches


def _token(line: str, match: re.Match[str]) -> _Token:
    first, last = match.span()
    text = match[0]
    before, after = line[first - 1 : first], line[last : last + 1]
    opens, closes = bool(after.strip()), bool(before.strip())
    if text[0] == _UNDERLINE:
        opens, closes = opens and not before.isalnum(), closes and not after.isalnum()
    return _Token(first, text, opens, closes)


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield runs with those of one look that follow each other as one, and none without text."""
    shown = (run for run in runs if run.text)
    for look, group in groupby(shown, key=lambda run: (run.bold, run.italic, run.underline)):
        yield Run("".join(run.text for run in group), *look)
