"""Dates and regnal numbers: what a number means beside the word before it or after it."""

from __future__ import annotations

import re

from studio_audiogen.pronunciation.numerals import cardinal_words, ordinal_words, year_words

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
MONTH_ABBREVIATIONS = {month[:3]: month.capitalize() for month in _MONTHS} | {"sept": "September"}
_NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})|(\d{4})-(\d{2})-(\d{2})")
_DAY = re.compile(r"([1-9]|[12]\d|3[01])")
_ROMAN_WORDS = "act book chapter part phase scene vol volume war world"
_ROMAN_AFTER = frozenset(_ROMAN_WORDS.split())
_REIGNED_NAMES = """
    alexander benedict catherine charles edward elizabeth ferdinand francis frederick george henry ivan james
    john leo louis mary napoleon nicholas paul peter philip pius richard victor wilhelm william
"""
_REIGNED = frozenset(_REIGNED_NAMES.split())
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_ROMAN = re.compile(r"(?=.)(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")


def date_words(core: str, previous: str, following: str) -> list[str] | None:
    """Return what is read for a date in figures, or for a day beside the name of its month; else None."""
    if match := _NUMERIC.fullmatch(core):
        return _numeric(match)
    if not _DAY.fullmatch(core):
        return None
    if _is_month(previous):
        return ordinal_words(int(core))
    if _is_month(following) and previous.lower() != "the":
        return ["the", *ordinal_words(int(core)), "of"]
    return None


def roman_words(core: str, previous: str) -> list[str] | None:
    """Return what a Roman numeral is read as after a name or a word such as chapter; else None."""
    plain = previous.strip(".,").lower()
    is_numeral = _ROMAN.fullmatch(core.upper()) is not None
    if not is_numeral or not previous:
        return None
    if plain in _ROMAN_AFTER and (core.isupper() or core.islower()):
        return cardinal_words(_roman(core.upper()))
    if not core.isupper() or not previous[:1].isupper():
        return None
    if plain in _REIGNED and (len(core) > 1 or core in "VX"):
        return ["the", *ordinal_words(_roman(core))]
    # A single letter after a name is an initial.
    return cardinal_words(_roman(core)) if len(core) > 1 and previous[1:].islower() else None


def _is_month(word: str) -> bool:
    # "May 5" is a date, "may 5" is not.
    plain = word.strip(".,;:!?").lower()
    return word[:1].isupper() and (plain in _MONTHS or plain in MONTH_ABBREVIATIONS)


def _numeric(match: re.Match[str]) -> list[str] | None:
    if match[4]:
        year, month, day = int(match[4]), int(match[5]), int(match[6])
    else:
        month, day, year = int(match[1]), int(match[2]), int(match[3])
        # Months come first, as in the language's most written form, unless there are not so many.
        month, day = (day, month) if month > len(_MONTHS) else (month, day)
    if not (1 <= month <= len(_MONTHS) and 1 <= day <= 31):
        return None
    said_year = year_words(year) if year >= 100 else ["oh", *cardinal_words(year)] if year < 10 else None
    return [_MONTHS[month - 1].capitalize(), *ordinal_words(day), *(said_year or cardinal_words(year))]


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)
