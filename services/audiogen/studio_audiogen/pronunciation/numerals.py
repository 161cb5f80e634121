"""Numbers as English speakers say them: cardinals, ordinals, years, times, money, digits."""

from __future__ import annotations

import re

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_CARDINAL_MAX = 10**15 - 1
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "sen", "sen"),
}
_MAGNITUDES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion", "tn": "trillion"}
_UNITS = {
    "km": "kilometres",
    "km/h": "kilometres per hour",
    "kmh": "kilometres per hour",
    "m/s": "metres per second",
    "cm": "centimetres",
    "mm": "millimetres",
    "kg": "kilograms",
    "g": "grams",
    "mph": "miles per hour",
    "ft": "feet",
    "lb": "pounds",
    "lbs": "pounds",
    "oz": "ounces",
    "h": "hours",
    "hrs": "hours",
    "min": "minutes",
    "mins": "minutes",
    "sec": "seconds",
    "secs": "seconds",
    "am": "A M",
    "pm": "P M",
    "a.m": "A M",
    "p.m": "P M",
    "x": "times",
}
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
_MONEY = re.compile(r"([$£€¥])(\d[\d,]*)(?:\.(\d+))?(bn|tn|k|m|b)?", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d[\d,]*)(?:st|nd|rd|th)", re.IGNORECASE)
_DECADE = re.compile(r"'?(\d{2}|\d{4})'?s")
_PLAIN = re.compile(r"([-+−±]?)(\d[\d,]*)?(?:\.(\d+))?")
_MEASURE = re.compile(r"(.*\d)\s*°?([a-z.]+)", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?:\+?\d{1,3}-)?(?:\d{3}-)?\d{3}-\d{4}")
_FRACTION = re.compile(r"(\d{1,4})/(\d{1,4})")
_RANGE = re.compile(r"([$£€¥]?\d[^-–]*)[-–]([$£€¥]?\d[^-–]*)")
_DEGREES = re.compile(r"([-+−]?\d[\d,.]*)°([CF])")
_MIXED = re.compile(r"(\d+)([½¼¾])")
_NAMED = {"24/7": "twenty four seven", "911": "nine one one"}
_HALVES = {"½": "a half", "¼": "a quarter", "¾": "three quarters"}
_SCALES_OF_DEGREES = {"C": "Celsius", "F": "Fahrenheit"}
_FRACTION_DENOMINATOR_MAX = 20
_SIGNS = {"-": ["minus"], "−": ["minus"], "+": ["plus"], "±": ["plus", "or", "minus"]}


def number_words(text: str) -> list[str] | None:
    """Return the words for a token that holds digits, such as `10:30`, `$5.50`, `3rd` or `1947`.

    None means that the token isn't a number in one of these forms, and has to be split further.
    """
    if text in _NAMED:
        return _NAMED[text].split()
    if match := _TIME.fullmatch(text):
        return _time(match)
    if match := _MONEY.fullmatch(text):
        return _money(match)
    if match := _ORDINAL.fullmatch(text):
        return ordinal_words(_integer(match[1]))
    if match := _DECADE.fullmatch(text):
        return _decade(int(match[1]))
    if _TELEPHONE.fullmatch(text):
        return digit_words(re.sub(r"\D", "", text))
    if match := _RANGE.fullmatch(text):
        return _joined(match[1], "" if match[1] == match[2] else "to", match[2])
    if match := _FRACTION.fullmatch(text):
        return _fraction(int(match[1]), int(match[2]))
    if match := _MIXED.fullmatch(text):
        return [*cardinal_words(int(match[1])), "and", *_HALVES[match[2]].split()]
    if (match := _DEGREES.fullmatch(text)) and (number := number_words(match[1])):
        return [*number, "degrees", _SCALES_OF_DEGREES[match[2]]]
    if (match := _PLAIN.fullmatch(text)) and (match[2] or match[3]):
        return _plain(match)
    return _with_ending(text)


def cardinal_words(number: int) -> list[str]:
    """Return a whole number in words without "and": 1,205 is one thousand two hundred five.

    From 10**15 on the digits are said one by one.
    """
    if number < 0:
        return ["minus", *cardinal_words(-number)]
    if number > _CARDINAL_MAX:
        return digit_words(str(number))
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]
    if number < 1_000:
        return [_ONES[number // 100], "hundred", *(cardinal_words(number % 100) if number % 100 else [])]
    for scale, name in _SCALES:
        if number >= scale:
            rest = cardinal_words(number % scale) if number % scale else []
            return [*cardinal_words(number // scale), name, *rest]
    raise AssertionError(number)


def ordinal_words(number: int) -> list[str]:
    """Return a whole number's ordinal in words: 21 is twenty first."""
    *head, last = cardinal_words(number)
    if last in _ORDINALS:
        return [*head, _ORDINALS[last]]
    return [*head, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def year_words(year: int) -> list[str]:
    """Return a year of four digits in words: 1947 is nineteen forty seven, 1905 nineteen oh five."""
    century, rest = divmod(year, 100)
    if year % 1_000 < 10:
        return cardinal_words(year)
    if rest == 0:
        return [*cardinal_words(century), "hundred"]
    return [*cardinal_words(century), *(["oh", _ONES[rest]] if rest < 10 else cardinal_words(rest))]


def digit_words(digits: str) -> list[str]:
    """Return digits one by one."""
    return [_ONES[int(digit)] for digit in digits]


def _integer(text: str) -> int:
    return int(text.replace(",", ""))


def _time(match: re.Match[str]) -> list[str]:
    hour, minute = int(match[1]), int(match[2])
    words = cardinal_words(hour)
    if minute == 0:
        words += ["o'clock"] if 1 <= hour <= 12 and not match[3] else ["hundred"]
    else:
        words += ["oh", _ONES[minute]] if minute < 10 else cardinal_words(minute)
    if match[3]:
        words += ["and", *cardinal_words(int(match[3])), "seconds"]
    return words


def _money(match: re.Match[str]) -> list[str]:
    one, many, coin, coins = _CURRENCIES[match[1]]
    whole, decimals, magnitude = _integer(match[2]), match[3] or "", match[4]
    if magnitude or len(decimals) not in (0, 2):
        scale = [_MAGNITUDES[magnitude.lower()]] if magnitude else []
        return [*_plain_words(match[2], decimals), *scale, many]
    cents = int(decimals or 0)
    words = [] if not whole and cents else [*cardinal_words(whole), one if whole == 1 else many]
    if cents:
        words += [*(["and"] if words else []), *cardinal_words(cents), coin if cents == 1 else coins]
    return words


def _decade(number: int) -> list[str]:
    *head, last = year_words(number) if number >= 100 else cardinal_words(number)
    return [*head, last[:-1] + "ies" if last.endswith("y") else last + "s"]


def _plain(match: re.Match[str]) -> list[str]:
    sign = _SIGNS.get(match[1], [])
    whole, decimals = match[2] or "", match[3] or ""
    return [*sign, *_plain_words(whole, decimals)]


def _plain_words(whole: str, decimals: str) -> list[str]:
    if decimals:
        head = cardinal_words(_integer(whole)) if whole else []
        return [*head, "point", *digit_words(decimals)]
    if len(whole) > 1 and whole.startswith("0"):
        return digit_words(whole.replace(",", ""))
    number = _integer(whole)
    if len(whole) == 4 and 1_100 <= number <= 2_099:
        return year_words(number)
    return cardinal_words(number)


def _joined(left: str, word: str, right: str) -> list[str] | None:
    before, after = number_words(left), number_words(right)
    return [*before, *([word] if word else []), *after] if before and after else None


def _fraction(over: int, under: int) -> list[str]:
    if not 1 < under <= _FRACTION_DENOMINATOR_MAX or over >= under:
        return [*cardinal_words(over), "over", *cardinal_words(under)]
    if under in (2, 4):
        part = {2: "half", 4: "quarter"}[under]
        return [*cardinal_words(over), part if over == 1 else f"{part}s"]
    part = ordinal_words(under)[-1]
    return [*cardinal_words(over), part if over == 1 else f"{part}s"]


def unit_words(text: str) -> list[str] | None:
    """Return what a unit after a number, as in `20 kg`, is read as; None for what is none."""
    found = _UNITS.get(text.lower())
    return found.split() if found and len(text) > 1 else None


def _with_ending(text: str) -> list[str] | None:
    if text.endswith("%"):
        number = number_words(text[:-1])
        return [*number, "percent"] if number else None
    if text.endswith("°"):
        number = number_words(text[:-1])
        return [*number, "degrees"] if number else None
    match = _MEASURE.fullmatch(text)
    if match and match[2].lower() in _UNITS:
        number = number_words(match[1])
        return [*number, *_UNITS[match[2].lower()].split()] if number else None
    return None
