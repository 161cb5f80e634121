"""From a line of dialogue to plain words: what each written word is read as, and the pauses between.

Nothing is dropped in silence: what is neither word, number nor punctuation is read by its name, and
a decorative sign that no speaker would say (a note, an emoji) is handed back as unread.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from studio_audiogen.pronunciation.abbreviations import ABBREVIATIONS, ALSO_WORDS, BEFORE_DIGITS
from studio_audiogen.pronunciation.dates import date_words, roman_words
from studio_audiogen.pronunciation.numerals import digit_words, number_words, unit_words

# What the model was trained to pause at; each stands for the signs of its kind.
_PAUSES = {
    **dict.fromkeys(",;:.!?…—", ""),
    "–": "—",
    "―": "—",
    "‥": "…",
    "¿": ",",
    "¡": ",",
}
_INTERJECTIONS = {
    "w/": "with",
    "w/o": "without",
    "&": "and",
    "@": "at",
    "+": "plus",
    "=": "equals",
    "%": "percent",
    "#": "number",
    "°": "degrees",
    "£": "pounds",
    "$": "dollars",
    "€": "euros",
    "/": "slash",
    "\\": "backslash",
    "~": "about",
    "<": "less than",
    ">": "greater than",
    "|": "bar",
    "^": "caret",
    "§": "section",
    "©": "copyright",
    "®": "registered",
    "™": "trademark",
    "×": "times",
    "÷": "divided by",
    "½": "one half",
    "¼": "one quarter",
    "¾": "three quarters",
}
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "´": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"'}
)
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(.+?)(?<=\S)\1")
_FIGURES = re.compile(
    r"\d[\d,]*(?:st|nd|rd|th)(?![a-z])|\d{2,4}s(?![^\W_])|\d[\d,.:]*\d|\d|[^\W\d_]+|.", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"(?:https?://)?(?:[\w.+-]+@)?(?:[\w-]+\.)+(?:com|org|net|edu|gov|io|tv|co|uk|de|fr|eu)(?:/[\w./-]*)?",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[A-Z](?:\.[A-Z])*")
# They end sentences, as names' initials don't.
_NO_NAMES = frozenset({"I", "A.M", "P.M", "U.S", "U.S.A", "U.K", "U.N"})
_SILENT = frozenset("\"()[]{}*_'")
_EDGE = re.compile(r"^([^\w$£€¥#&@%+=°½¼¾×÷§<>~/\\|^-]*)(.*?)([^\w%°&@+=$£€½¼¾×÷<>~/\\|^]*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """One written word: `text` as written, `spoken` as plain words to look up, `pause` after it.

    `pause` is a sign that the model pauses at (one of ,;:.!?…—) or empty. A single upper-case letter
    in `spoken` is the letter's name.
    """

    text: str
    spoken: tuple[str, ...]
    pause: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A line's words in order, and the decorative signs in it that are not said."""

    words: tuple[Word, ...]
    unread: str = ""


def read_words(text: str) -> Reading:
    """Split a line into words with what is said for each.

    Fountain's emphasis marks are taken off; double hyphens are dashes, as screenplays type them.
    """
    words: list[Word] = []
    unread = ""
    chunks = _chunks(text)
    for index, chunk in enumerate(chunks):
        opening, core, closing = _parts(chunk)
        if core:
            following = chunks[index + 1] if index + 1 < len(chunks) else ""
            spoken, unsaid = _spoken(core, closing, following, words[-1].text if words else "")
            unread += unsaid
            if spoken:
                words.append(Word(core, tuple(spoken), _pause(closing, core, following)))
                continue
        unread += _decorations(opening + closing)
        _pause_after_last(words, opening + closing)
    return Reading(tuple(words), unread)


def _chunks(text: str) -> list[str]:
    line = "".join(map(_plain_digit, unicodedata.normalize("NFC", text))).translate(_QUOTES)
    previous = ""
    while previous != line:
        previous, line = line, _EMPHASIS.sub(r"\2", line)
    line = re.sub(r"(?<!-)--+(?!-)|---+", "— ", line)
    line = re.sub(r"([—…–])(?=\w)", r"\1 ", re.sub(r"\.{2,}", "…", line))
    line = re.sub(r"(?<=\d)– (?=\d)", "-", line)
    line = re.sub(r"(?<=[A-Za-z,.!?])([,;!?])(?=[A-Za-z])", r"\1 ", line)
    return line.split()


def _plain_digit(sign: str) -> str:
    """Return ¹, ٣ or Ⅷ as plain digits or letters, and any other sign as it is."""
    if unicodedata.category(sign) not in ("Nd", "Nl", "No") or sign in _INTERJECTIONS:
        return sign
    plain = unicodedata.normalize("NFKC", sign)
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return plain if plain.isascii() and plain.isalnum() else sign


def _parts(chunk: str) -> tuple[str, str, str]:
    match = _EDGE.match(chunk)
    if match is None:
        return "", chunk, ""
    opening, core, closing = match.groups()
    # The apostrophes of 'em, goin' and the boys' belong to the word.
    if opening.endswith("'") and core[:1].isalpha():
        opening, core = opening[:-1], "'" + core
    if opening == "." and core[:1].isdigit():
        opening, core = "", "." + core
    if closing.startswith("'") and core[-1:].isalpha():
        core, closing = core + "'", closing[1:]
    if core.startswith("'") and core.endswith("'"):
        core = core[1:-1]
    return opening, core, closing


def _spoken(core: str, closing: str, following: str, previous: str) -> tuple[list[str], str]:
    plain = core.lower()
    if plain in ABBREVIATIONS and _is_abbreviation(plain, closing, following):
        return _abbreviation(plain, previous, following), ""
    if core in _INTERJECTIONS:
        return _INTERJECTIONS[core].split(), ""
    if (read := roman_words(core, previous) or date_words(core, previous, following)) is not None:
        return read, ""
    if previous[-1:].isdecimal() and (read := unit_words(core)) is not None:
        return read, ""
    if re.fullmatch(r"[12]/2|[1-3]/4|[½¼¾]", core) and previous.isdecimal():
        return ["and", *(number_words(core) or _INTERJECTIONS[core].split())], ""
    if _ADDRESS.fullmatch(core):
        return _address(core)
    if any(character.isdecimal() for character in core):
        return _with_digits(core)
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]?", core):
        return [letter.upper() for letter in core if letter.isalpha()], ""
    return _pieces(core)


def _address(core: str) -> tuple[list[str], str]:
    """An address of mail or of a page, with its signs by their names."""
    said: list[str] = []
    unread = ""
    for piece in re.findall(r"[./@:-]|[^./@:-]+", core.removeprefix("https://").removeprefix("http://")):
        name = {".": "dot", "-": "dash", ":": "colon", "www": "W W W"}.get(piece)
        words, left = (name.split(), "") if name else _with_digits(piece)
        said += words
        unread += left
    return said, unread


def _is_abbreviation(plain: str, closing: str, following: str) -> bool:
    dotted = closing.startswith(".") or "." in plain
    if plain in BEFORE_DIGITS:
        return dotted and following[:1].isdigit()
    if plain in ALSO_WORDS:
        return dotted and following[:1].isupper()
    return dotted or plain in ("mr", "mrs", "ms", "dr", "vs", "etc", "sgt", "lt", "jr", "st")


def _abbreviation(plain: str, previous: str, following: str) -> list[str]:
    if plain == "st" and previous[:1].isupper() and not following[:1].isupper():
        return ["street"]
    if plain == "dr" and previous[:1].isupper() and not following[:1].isupper():
        return ["drive"]
    return ABBREVIATIONS[plain].split()


def _with_digits(core: str) -> tuple[list[str], str]:
    words = number_words(core)
    if words is not None:
        return words, ""
    said: list[str] = []
    unread = ""
    for piece in _FIGURES.findall(core):
        if piece in _INTERJECTIONS:
            said += _INTERJECTIONS[piece].split()
        elif piece[0].isdecimal():
            said += number_words(piece) or digit_words(re.sub(r"\D", "", piece))
        elif piece[0].isalnum():
            is_word = len(piece) > 3 or (len(piece) > 2 and not piece.isupper())
            said += [piece] if is_word else [sign.upper() for sign in piece]
        elif piece not in _SILENT and piece not in _PAUSES and piece != "-":
            unread += piece
    return said, unread


def _pieces(core: str) -> tuple[list[str], str]:
    """Split at hyphens and signs inside a word; keep letters and apostrophes together."""
    said: list[str] = []
    unread = ""
    pieces = re.findall(r"[^\W\d_](?:[^\W\d_]|['\u0300-\u036f])*|'[^\W\d_]+(?:'[^\W\d_]+)*'?|.", core)
    for index, piece in enumerate(pieces):
        if len(piece) > 1 or piece.isalpha():
            follows = next((later for later in pieces[index + 1 :] if later.isalpha()), "")
            stutter = len(piece) == 1 and pieces[index + 1 : index + 2] == ["-"]
            said.append(f"{follows[:1].lower()}-" if stutter and _stutters(piece, follows) else piece)
        elif piece in _INTERJECTIONS:
            said += _INTERJECTIONS[piece].split()
        elif piece not in _SILENT and piece not in _PAUSES and piece != "-":
            unread += piece
    return said, unread


def _stutters(piece: str, follows: str) -> bool:
    return follows[:1].lower() == piece.lower() and piece.lower() not in "aeiou"


def _pause(closing: str, core: str, following: str) -> str:
    signs = [sign for sign in closing if sign in _PAUSES]
    if signs[:1] == ["."] and _is_abbreviating(core, following):
        signs = signs[1:]
    if not signs:
        return ""
    for strong in "?!…—.:;,":
        if strong in signs:
            return _PAUSES[strong] or strong
    return _PAUSES[signs[0]] or signs[0]


def _is_abbreviating(core: str, following: str) -> bool:
    plain = core.lower()
    if "." in core and following[:1].islower():
        return True
    if _INITIALS.fullmatch(core) and core.upper() not in _NO_NAMES and following[:1].isupper():
        return True
    return plain in ABBREVIATIONS and bool(following) and _is_abbreviation(plain, ".", following)


def _pause_after_last(words: list[Word], signs: str) -> None:
    pause = next((_PAUSES[sign] or sign for sign in signs if sign in _PAUSES), "")
    if words and pause and not words[-1].pause:
        words[-1] = Word(words[-1].text, words[-1].spoken, pause)


def _decorations(signs: str) -> str:
    return "".join(sign for sign in signs if sign not in _PAUSES and sign not in _SILENT and sign != "-")
