"""The reader of a line: picks each word's phonemes by dictionary, context and, at last, by spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio_audiogen.pronunciation.lexicon import VOWELS, Accent, Lexicon, Use, stressed
from studio_audiogen.pronunciation.spelling import spelled_phonemes
from studio_audiogen.pronunciation.words import read_words

_BEFORE_VERB_WORDS = """
    to will would can could should shall must might may don't didn't doesn't won't can't couldn't wouldn't
    shouldn't let please i you we they who not i'll you'll we'll they'll he'll she'll never always and
"""
_BEFORE_VERB = frozenset(_BEFORE_VERB_WORDS.split())
_BEFORE_NOUN_WORDS = """
    a an the my your his her its our their this that these those no some any of in on at for with from by
    every each whose
"""
_BEFORE_NOUN = frozenset(_BEFORE_NOUN_WORDS.split())
_SPECIAL = {
    "hmm": "hm",
    "hm": "hm",
    "mmm": "m",
    "shh": "ʃ",
    "shhh": "ʃ",
    "sh": "ʃ",
    "psst": "pst",
    "pfft": "pft",
    "brr": "bɹ",
    "grr": "ɡɹ",
    "tsk": "tɪsk",
    "zzz": "z",
    "ugh": "ˈʌɡ",
}
WORD_SIGNS_MAX = 300
_SHOWN_CHARACTERS = 64
_RUN = re.compile(r"(.)\1{2,}")


class UnpronounceableError(ValueError):
    """A word that no reader of English can say, by its script or its length; the message is its beginning."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One written word with its phonemes in the model's notation, and the pause sign after it."""

    text: str
    phonemes: str
    pause: str = ""


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line's words in order, and the decorative signs that are not said."""

    words: tuple[SpokenWord, ...]
    unread: str = ""


class Pronouncer:
    """Reads English in one accent, by the dictionaries in a folder that scripts/voices.py laid out."""

    def __init__(self, accent: Accent, dictionaries: Path) -> None:
        self._lexicon = Lexicon(accent, dictionaries)
        self._accent = accent

    def read(self, text: str) -> SpokenLine:
        """Return the phonemes of a line, word by word.

        Raises UnpronounceableError for a word without one Latin letter or digit to go by, or one of over
        WORD_SIGNS_MAX phoneme signs.
        """
        reading = read_words(text)
        shouted = text.isupper()
        spoken: list[SpokenWord] = []
        previous = ""
        for word in reading.words:
            sounds = []
            for index, part in enumerate(word.spoken):
                final = bool(word.pause) and index == len(word.spoken) - 1
                sounds.append(self._sound(part, previous, final=final, shouted=shouted))
                previous = part.lower()
            if sum(map(len, sounds)) > WORD_SIGNS_MAX:
                raise UnpronounceableError(word.text[:_SHOWN_CHARACTERS])
            spoken.append(SpokenWord(word.text, " ".join(sounds), word.pause))
        return SpokenLine(tuple(self._linked(spoken)), reading.unread)

    def vocabulary(self) -> Iterator[str]:
        """Return every pronunciation of the dictionaries."""
        return self._lexicon.pronunciations()

    def _sound(self, part: str, previous: str, *, final: bool, shouted: bool) -> str:
        if part.endswith("-") and len(part) == 2:
            return spelled_phonemes(part[0], self._accent) + "ə"
        plain = _RUN.sub(r"\1\1", part.lower())
        if plain in _SPECIAL:
            return _SPECIAL[plain]
        if len(part) == 1 and part.isupper() and part not in "AI":
            return self._lexicon.letters(part) if part.isascii() else self._unknown(part)
        capitals = len(part) > 1 and part.isupper()
        if capitals and part.isascii() and part.isalpha() and not shouted and self._lexicon.spells_out(part):
            return self._lexicon.letters(part)
        if (match := re.fullmatch(r"([A-Z]{2,})('?s)", part)) and self._lexicon.spells_out(match[1]):
            return self._lexicon.letters(match[1]) + "z"
        found = self._known(part, _use(part, previous, final=final)) or self._unknown(part)
        return stressed(found) if capitals and not shouted else found

    def _known(self, part: str, use: Use) -> str | None:
        forms = (part, _RUN.sub(r"\1\1", part), _RUN.sub(r"\1", part))
        found = (self._lexicon.phonemes(form, use) for form in dict.fromkeys(forms))
        return next((phonemes for phonemes in found if phonemes), None) or self._compound(part.lower())

    def _compound(self, word: str) -> str | None:
        for place in range(len(word) - 3, 2, -1):
            left, right = self._lexicon.phonemes(word[:place]), self._lexicon.phonemes(word[place:])
            if left and right and len(word) >= 7:
                return stressed(left) + right.replace("ˈ", "ˌ")
        return None

    def _unknown(self, part: str) -> str:
        found = spelled_phonemes(part, self._accent)
        if not found:
            raise UnpronounceableError(part[:_SHOWN_CHARACTERS])
        if (
            not any(sound in VOWELS for sound in found)
            and len(part) <= 5
            and part.isascii()
            and part.isalpha()
        ):
            return self._lexicon.letters(part)
        return found

    def _linked(self, words: list[SpokenWord]) -> list[SpokenWord]:
        """Give a, the and to the form that goes with the sound after them."""
        linked = []
        for index, word in enumerate(words):
            following = words[index + 1].phonemes.lstrip("ˈˌ ")[:1] if index + 1 < len(words) else ""
            before_vowel = following in VOWELS and bool(following)
            phonemes = word.phonemes
            weak = (
                word.text.lower() if following and not word.pause and word.text != word.text.upper() else ""
            )
            if weak == "the":
                phonemes = "ði" if before_vowel else "ðə"
            elif weak == "to":
                phonemes = "tʊ" if before_vowel else "tə"
            elif weak == "a" or (word.text == "A" and following and not word.pause):
                phonemes = "ɐ"
            linked.append(SpokenWord(word.text, phonemes, word.pause))
        return linked


def _use(part: str, previous: str, *, final: bool) -> Use:
    if part.lower() in ("used", "read"):
        return Use("VBD" if previous in ("have", "had", "has", "i've", "he", "she", "was") else "", final)
    if part.lower() in ("live", "lives") and previous not in _BEFORE_NOUN:
        return Use("VERB", final)
    if previous in _BEFORE_VERB:
        return Use("VERB", final)
    return Use("NOUN" if previous in _BEFORE_NOUN else "", final)
