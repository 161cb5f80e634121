"""What the studio's voices can say and its fonts can show, and what of a screenplay they cannot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from studio_jobs.screenplay.elements import Diagnostic, Element, Kind, Screenplay, Span
from studio_jobs.screenplay.emphasis import plain
from studio_jobs.screenplay.languages import primary, tag_of
from studio_jobs.screenplay.mistakes import mistake

_WORD = re.compile(r"[^\W_]+")
_SAID_MAX = 5
_SAID_CHARACTERS_MAX = 24
_ON_CARD = frozenset({"title", "credit", "author", "authors"})


@dataclass(frozen=True, slots=True)
class Abilities:
    """`languages` are those that voices speak, as BCP-47 primary subtags; `spoken` the letters, in small
    and without accents, one of which a word must have to be said; `shown` the first and last code points of
    the ranges that the title card's fonts hold.
    """

    languages: frozenset[str]
    spoken: frozenset[str]
    shown: tuple[tuple[int, int], ...]

    def can_say(self, word: str) -> bool:
        """Say whether a voice can read a word, which has letters: by its spelling, or by its digits."""
        if word.isascii():
            return True
        if any(sign.isdecimal() for sign in word):
            return True
        bare = unicodedata.normalize("NFKD", word.lower())
        return any(sign in self.spoken for sign in bare) or not any(sign.isalpha() for sign in bare)

    def can_show(self, sign: str) -> bool:
        """Say whether the title card's fonts have a character."""
        code = ord(sign)
        return sign.isspace() or any(first <= code <= last for first, last in self.shown)


# fmt: off
_CARD_FONTS = (
    (0x21, 0x7E), (0xA1, 0xAC), (0xAE, 0x24F), (0x259, 0x259), (0x2BB, 0x2BC),
    (0x2C6, 0x2D1), (0x2D8, 0x2DD), (0x300, 0x304), (0x306, 0x30C), (0x323, 0x323),
    (0x374, 0x375), (0x37A, 0x37A), (0x37E, 0x37E), (0x384, 0x38A), (0x38C, 0x38C),
    (0x38E, 0x3A1), (0x3A3, 0x3CF), (0x3D1, 0x3D7), (0x3D9, 0x3D9), (0x3DB, 0x3DD),
    (0x3E1, 0x3E1), (0x3F0, 0x3F2), (0x3F9, 0x3F9), (0x3FB, 0x3FB), (0x400, 0x45F),
    (0x490, 0x493), (0x1E00, 0x1EFF), (0x2010, 0x2016), (0x2018, 0x201A), (0x201C, 0x201E),
    (0x2020, 0x2022), (0x2024, 0x2027), (0x2030, 0x2030), (0x2032, 0x2037), (0x2039, 0x203A),
    (0x2044, 0x2044), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2212, 0x2212),
)
# fmt: on

# The English voices of audiogen, and the letters of composer's card fonts; tests hold both to these.
EMBEDDED = Abilities(
    languages=frozenset({"en"}),
    spoken=frozenset("abcdefghijklmnopqrstuvwxyzßøæ"),
    shown=_CARD_FONTS,
)


def inabilities(screenplay: Screenplay, abilities: Abilities = EMBEDDED) -> Iterator[Diagnostic]:
    """Yield what cannot be said or shown: one diagnostic for each element, and for each language."""
    for entry in screenplay.title_page:
        yield from _of_entry(entry, abilities)
    languages: set[str] = set()
    for element in screenplay.elements:
        if element.kind in (Kind.DIALOGUE, Kind.LYRICS) and element.name:
            yield from _of_speech(element, abilities, languages)


def _of_entry(entry: Element, abilities: Abilities) -> Iterator[Diagnostic]:
    key = entry.name.casefold()
    if key == "language":
        yield from _of_language(entry, abilities)
    if key not in _ON_CARD:
        return
    text = plain(entry.text)
    if text.isascii():
        return
    missing = sorted({sign for sign in text + text.upper() if not abilities.can_show(sign)})
    if missing:
        said = f"The title card's fonts do not have {_listed(missing)}; the card is drawn without them."
        suggestion = f"Write the {key} in Latin letters too."
        yield mistake("LETTERS_NOT_SHOWN", entry.span, said, suggestion)


def _of_language(entry: Element, abilities: Abilities) -> Iterator[Diagnostic]:
    tag = tag_of(entry.text)
    if entry.text and not tag:
        said = f'"{entry.text[:_SAID_CHARACTERS_MAX]}" is no language tag.'
        yield mistake("LANGUAGE_UNKNOWN", entry.span, said, "Write a BCP-47 tag, such as en or pt-BR.")
    elif tag and primary(tag) not in abilities.languages:
        yield _without_voice(tag, entry.span, abilities)


def _of_speech(element: Element, abilities: Abilities, languages: set[str]) -> Iterator[Diagnostic]:
    tag = element.language
    if tag and primary(tag) not in abilities.languages and tag not in languages:
        languages.add(tag)
        yield _without_voice(tag, element.span, abilities)
    if element.text.isascii():
        return
    words = [word for word in _WORD.findall(plain(element.text)) if not abilities.can_say(word)]
    if words:
        said = f"No voice can say {_listed(dict.fromkeys(words))}: the script is not one that they read."
        suggestion = "Write the words as they sound, in Latin letters."
        yield mistake("WORDS_NOT_SPOKEN", element.span, said, suggestion)


def _without_voice(tag: str, span: Span, abilities: Abilities) -> Diagnostic:
    said = f"No voice speaks {tag}; it is read as if it were {' or '.join(sorted(abilities.languages))}."
    return mistake(
        "LANGUAGE_WITHOUT_VOICE", span, said, "Bring recordings for these lines, or write them in one."
    )


def _listed(words: list[str] | dict[str, None]) -> str:
    shown = [word[:_SAID_CHARACTERS_MAX] for word in list(words)[:_SAID_MAX]]
    more = len(words) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
