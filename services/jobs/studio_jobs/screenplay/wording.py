"""Text as it is spoken and drawn: without marks of emphasis, in sentences, in pieces of a bounded length."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<=[.!?…。])\s+")
# An underline opens before a word and closes after it, whatever punctuation is around; `___` is no mark.
_UNDERLINE = re.compile(r"(?<!\w)_(?=[^\s_])|(?<=[^\s_])_(?!\w)")
_TITLES = ("Mr.", "Mrs.", "Ms.", "Dr.", "St.", "Prof.", "No.", "vs.")


def one_line(text: str) -> str:
    """Return the text on one line, with single blanks."""
    return " ".join(text.split())


def unmarked(text: str) -> str:
    """Return the text on one line without `*` and `_` of emphasis; an escaped mark stays."""
    if "*" not in text and "_" not in text:
        return one_line(text)
    kept = text.replace(r"\*", "\x00").replace(r"\_", "\x01").replace("*", "")
    return one_line(_UNDERLINE.sub("", kept)).replace("\x00", "*").replace("\x01", "_")


def sentences(text: str) -> list[str]:
    """Split at the ends of sentences, but not after a title such as "Dr."."""
    found: list[str] = []
    for piece in _SENTENCE_END.split(text.strip()):
        if found and found[-1].endswith(_TITLES):
            found[-1] = f"{found[-1]} {piece}"
        elif piece:
            found.append(piece)
    return found


def pieces(text: str, characters_max: int) -> list[str]:
    """Return a text of one line in pieces of whole sentences, each as long as fits.

    A sentence of more than twice the limit is cut between words.
    """
    if len(text) <= characters_max:
        return [text] if text else []
    found: list[str] = []
    for part in (part for sentence in sentences(text) for part in _cut(sentence, 2 * characters_max)):
        if found and len(found[-1]) + 1 + len(part) <= characters_max:
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


def _cut(sentence: str, characters_max: int) -> list[str]:
    if len(sentence) <= characters_max:
        return [sentence]
    found: list[list[str]] = [[]]
    length = 0
    for word in sentence.split():
        if length + len(word) > characters_max and found[-1]:
            found.append([])
            length = 0
        found[-1].append(word)
        length += len(word) + 1
    return [" ".join(words) for words in found]
