"""The pronouncing dictionaries of misaki, American and British, with inflection of their words."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import cast

from studio_audiogen.assets import present
from studio_audiogen.pronunciation.wordlist import Wordlist

_Entry = str | Mapping[str, str | None]

PRIMARY_STRESS = "ˈ"
SECONDARY_STRESS = "ˌ"
VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻɐ")
_VOICELESS = frozenset("pkfθʃsʧt")
_SIBILANTS = frozenset("szʃʒʧʤ")


class Accent(Enum):
    """Which English: the value is the dictionaries' prefix."""

    AMERICAN = "us"
    BRITISH = "gb"


@dataclass(frozen=True, slots=True)
class Use:
    """How a word is used, for words with several pronunciations.

    `part` is VERB, NOUN, ADJ, VBD or empty when unknown; `final` means that a pause follows.
    """

    part: str = ""
    final: bool = False


class Lexicon:
    """One accent's dictionary: the checked words first, then the larger unchecked list."""

    def __init__(self, accent: Accent, folder: Path) -> None:
        """Read the accent's two files in `folder`. Raises AssetsError when one is missing."""
        self.accent = accent
        # Reduced vowels of endings differ: wanted is wˈɑntᵻd in one accent and wˈɒntɪd in the other.
        self._weak = "ᵻ" if accent is Accent.AMERICAN else "ɪ"
        # Packed one after the other: as dicts they would hold 90 MB, and leave holes where they were.
        self._silver = Wordlist(_dictionary(folder, accent, "silver"))
        gold = _dictionary(folder, accent, "gold")
        self._gold = Wordlist(gold)
        self._folded = Wordlist({word.lower(): word for word in reversed(gold) if word != word.lower()})

    def phonemes(self, word: str, use: Use = Use()) -> str | None:
        """Return a word's phonemes in the model's notation, or None when it isn't known.

        Tries the word as written, in lower case, in any case, and then without its ending
        (-s, -'s, -ed, -ing, -in', -er, -est, -ly, -ness, -less, un-, re-).
        """
        lower = word.lower()
        if lower.endswith("in'") and (found := self._participle(lower.removesuffix("'") + "g", use)):
            return found.removesuffix("ŋ") + "n"
        for form in dict.fromkeys((word, lower, self._folded.get(lower) or "", _unaccented(lower))):
            if (found := self._direct(form, use)) is not None:
                return found
        return self._inflected(lower.rstrip("'") if len(lower) > 2 else lower, use)

    def letters(self, letters: str) -> str:
        """Return the names of Latin letters said one after another, the last with the main stress."""
        names = [cast(str, self._gold.get(letter.upper())) for letter in letters]
        weak = [name.replace(PRIMARY_STRESS, SECONDARY_STRESS) for name in names[:-1]]
        return "".join([*weak, names[-1]])

    def spells_out(self, word: str) -> bool:
        """Say whether a word in capitals is an abbreviation that is spelled, as FBI is and NASA isn't."""
        if isinstance(self._entry(word), str):
            return False
        return self.phonemes(word) is None and (len(word) <= 4 or not re.search("[AEIOUY]", word))

    def pronunciations(self) -> Iterator[str]:
        """Return every pronunciation of every word as written in the dictionaries."""
        for entry in map(_unpacked, chain(self._silver.texts(), self._gold.texts())):
            if isinstance(entry, str):
                yield entry
            else:
                yield from (phonemes for phonemes in entry.values() if phonemes)

    def _entry(self, word: str) -> _Entry | None:
        packed = self._gold.get(word) or self._silver.get(word)
        return None if packed is None else _unpacked(packed)

    def _direct(self, form: str, use: Use) -> str | None:
        entry = self._entry(form)
        if entry is None or isinstance(entry, str):
            return entry
        if use.final and "None" in entry:
            return entry["None"]
        return entry.get(use.part) or entry["DEFAULT"]

    def _inflected(self, word: str, use: Use) -> str | None:
        for ending in (self._genitive, self._plural, self._past, self._participle, self._derived):
            if (found := ending(word, use)) is not None:
                return found
        return None

    def _stem(self, stems: tuple[str, ...], use: Use) -> str | None:
        found = (self._direct(form, use) for stem in stems if len(stem) > 1 for form in self._forms(stem))
        return next((phonemes for phonemes in found if phonemes), None)

    def _forms(self, stem: str) -> tuple[str, ...]:
        folded = self._folded.get(stem)
        return (stem, folded) if folded else (stem,)

    def _genitive(self, word: str, use: Use) -> str | None:
        if not word.endswith("'s"):
            return None
        stem = self._stem((word[:-2],), use) or self._inflected(word[:-2], use)
        return self._with_s(stem) if stem else None

    def _plural(self, word: str, use: Use) -> str | None:
        if not word.endswith("s") or word.endswith("ss") or len(word) < 5:
            return None
        stems = (
            word[:-1],
            word[:-2] if word.endswith("es") else "",
            word[:-3] + "y" if word.endswith("ies") else "",
        )
        stem = self._stem(stems, use)
        return self._with_s(stem) if stem else None

    def _with_s(self, stem: str) -> str:
        if stem[-1] in _SIBILANTS:
            return stem + self._weak + "z"
        return stem + ("s" if stem[-1] in _VOICELESS else "z")

    def _past(self, word: str, use: Use) -> str | None:
        if not word.endswith("ed") or len(word) < 5:
            return None
        stem = self._stem(_stems(word[:-2]), use)
        if not stem:
            return None
        if stem[-1] in "td":
            return stem + self._weak + "d"
        return stem + ("t" if stem[-1] in _VOICELESS else "d")

    def _participle(self, word: str, use: Use) -> str | None:
        if not word.endswith("ing") or len(word) < 5:
            return None
        stem = self._stem(_stems(word.removesuffix("ing")), use)
        return stem + self._linking(stem) + "ɪŋ" if stem else None

    def _derived(self, word: str, use: Use) -> str | None:
        er = "əɹ" if self.accent is Accent.AMERICAN else "ə"
        endings = (
            *(
                ("ly", "li"),
                ("ness", "nəs"),
                ("less", "ləs"),
                ("ful", "fᵊl"),
                ("ish", "ɪʃ"),
                ("est", self._weak + "st"),
            ),
            *(
                ("ers", er + "z"),
                ("er", er),
                ("able", "əbᵊl"),
                ("'ll", "əl"),
                ("'d", "d"),
                ("'ve", "əv"),
                ("'re", er),
            ),
        )
        for ending, sound in endings:
            if word.endswith(ending) and len(word) >= len(ending) + 3:
                stem = self._stem(_stems(word.removesuffix(ending)), use)
                if stem:
                    return stem + (self._linking(stem) if sound[0] in VOWELS else "") + sound
        for beginning, sound in (
            ("un", "ˌʌn"),
            ("re", "ɹi"),
            ("non", "nˌɑn"),
            ("over", f"ˌOv{er}"),
            ("anti", "ˌænti"),
        ):
            if word.startswith(beginning) and len(word) >= len(beginning) + 4:
                stem = self._stem((word.removeprefix(beginning),), use)
                if stem:
                    return sound + stem
        return None

    def _linking(self, stem: str) -> str:
        return (
            "ɹ"
            if self.accent is Accent.BRITISH and stem[-1] in "əː" and stem[-2:] not in ("iː", "uː")
            else ""
        )


def stressed(phonemes: str) -> str:
    """Return phonemes with a main stress, for a word that is shouted or stands alone."""
    if PRIMARY_STRESS in phonemes:
        return phonemes
    if SECONDARY_STRESS in phonemes:
        return phonemes.replace(SECONDARY_STRESS, PRIMARY_STRESS, 1)
    for index, sound in enumerate(phonemes):
        if sound in VOWELS:
            return phonemes[:index] + PRIMARY_STRESS + phonemes[index:]
    return phonemes


def _unaccented(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _stems(base: str) -> tuple[str, ...]:
    """Return what a word without its vowel-initial ending may be: stopp, stop, stoppe; happi, happy."""
    doubled = base[:-1] if len(base) > 2 and base[-1] == base[-2] else ""
    final_y = base[:-1] + "y" if base.endswith("i") else ""
    return (base, base + "e", doubled, final_y)


def _dictionary(folder: Path, accent: Accent, grade: str) -> dict[str, str]:
    """Return the packed entry of each word: phonemes, or JSON where they depend on the word's use."""
    text = present(folder / f"{accent.value}_{grade}.json").read_text(encoding="utf-8")
    entries = cast(dict[str, _Entry], json.loads(text))
    return {word: entry if isinstance(entry, str) else json.dumps(entry) for word, entry in entries.items()}


def _unpacked(packed: str) -> _Entry:
    return cast(_Entry, json.loads(packed)) if packed.startswith("{") else packed
