"""Languages that a screenplay names, in words or as BCP-47 tags."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{5,8})*")
_NAMES = {
    "arabic": "ar",
    "bulgarian": "bg",
    "cantonese": "yue",
    "chinese": "zh",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "farsi": "fa",
    "finnish": "fi",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "irish": "ga",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "latin": "la",
    "mandarin": "cmn",
    "norwegian": "no",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "romanian": "ro",
    "russian": "ru",
    "serbian": "sr",
    "spanish": "es",
    "swahili": "sw",
    "swedish": "sv",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "vietnamese": "vi",
    "welsh": "cy",
    "yiddish": "yi",
}
_DIRECTION = re.compile(r"\b(?:in|speaks|speaking)\s+(?:\w+\s+)?(\w+)")
_LOOK_CHARACTERS = 60
SCRIPT_LETTERS = 4


def tag_of(text: str) -> str:
    """Return the BCP-47 tag that a title page's Language entry holds or names, "" when it does neither."""
    text = text.strip()
    if text.casefold() in _NAMES:
        return _NAMES[text.casefold()]
    return text if _TAG.fullmatch(text) else ""


def directed(texts: Iterable[str]) -> str:
    """Return the tag of the language in which parentheticals or extensions have a speech said, or "".

    They say it as "in French", "speaking Russian" or "in broken English".
    """
    for text in texts:
        for match in _DIRECTION.finditer(text[:_LOOK_CHARACTERS].casefold()):
            if match[1] in _NAMES:
                return _NAMES[match[1]]
    return ""


def language_tag(tag: str) -> str:
    """Return a tag as it is usually written: "pt-BR", "zh-Hant-TW"."""
    first, *others = tag.split("-")
    shaped = (part.title() if len(part) == SCRIPT_LETTERS else part.upper() for part in others)
    return "-".join((first.lower(), *shaped))


def primary(tag: str) -> str:
    """Return a tag's language without script and region, in small letters."""
    return tag.split("-")[0].casefold()
