"""How old someone is by the words that introduce them: "eighty-seven", "in her thirties", "a boy of nine"."""

from __future__ import annotations

import re
from enum import StrEnum

YOUNG_BELOW_YEARS = 14
AGED_FROM_YEARS = 60


class Age(StrEnum):
    """What an age means for a voice."""

    YOUNG = "YOUNG"
    ADULT = "ADULT"
    AGED = "AGED"


_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_UNITS = {word: number for number, word in enumerate((*_ONES, *_TEENS), start=1)}
_DECADE_NAMES = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * place for place, word in enumerate(_DECADE_NAMES, start=2)}
_DECADES = {word.removesuffix("y") + "ies": number for word, number in _TENS.items()}
_IN_TENS = rf"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS)}))?"
_NUMBER = rf"(?:\d{{1,3}}|{_IN_TENS}|{'|'.join((*_UNITS, *_DECADES))})"
_LEADS = "of|age|aged|about|around|nearly|almost|over|past|early|mid|late|his|her|their"
_OLD = re.compile(rf"(?P<years>{_NUMBER})[- ]years?(?:[- ]old)?\b")
_WHOLE_CLAUSE = re.compile(rf"(?:.*\b(?:{_LEADS})[- ])?(?P<years>{_NUMBER})(?:'?s)?(?: or so)?")
_WORDS = {
    Age.YOUNG: re.compile(r"\b(?:baby|boy|child|girl|kid|little one|schoolboy|schoolgirl|toddler)\b"),
    Age.AGED: re.compile(
        r"\b(?:aged|ancient|elderly|grand(?:father|mother|pa|ma)|gran|granny|gr[ea]y-haired|old|retired"
        r"|white-haired)\b"
    ),
}


def age_in(text: str) -> Age | None:
    """The age that a look or a name tells, in years if it does, else by words; None when it tells none."""
    plain = text.casefold().replace("’", "'")
    years = _years_in(plain)
    if years is not None:
        return Age.YOUNG if years < YOUNG_BELOW_YEARS else Age.AGED if years >= AGED_FROM_YEARS else Age.ADULT
    return next((age for age, words in _WORDS.items() if words.search(plain)), None)


def _years_in(text: str) -> int | None:
    """An age in years: said as "years", or all that a clause says; "two bags" is none."""
    if match := _OLD.search(text):
        return _number(match["years"])
    clauses = (clause.strip(" .") for clause in re.split("[,;()]", text))
    matches = (_WHOLE_CLAUSE.fullmatch(clause) for clause in clauses)
    return next((_number(match["years"]) for match in matches if match), None)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text in _DECADES:
        return _DECADES[text]
    return sum(_TENS.get(word) or _UNITS[word] for word in re.split("[- ]", text))
