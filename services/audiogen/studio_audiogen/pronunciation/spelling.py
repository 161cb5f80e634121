"""Letter to sound: a fall-back for words that no dictionary knows, such as invented names.

The rules are a digest of the regular patterns of English spelling: the longest pattern that fits at a
place wins, and the main stress falls on the penultimate syllable, or the first of two.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from studio_audiogen.pronunciation.lexicon import PRIMARY_STRESS, VOWELS, Accent

# pattern, what stands before, what follows, sound; in order within a length. ^ and $ are the word's ends.
_RULES = (
    ("tion", "", "", "ʃən"),
    ("sion", "[aeiou]", "", "ʒən"),
    ("sion", "", "", "ʃən"),
    ("cian", "", "", "ʃən"),
    ("cious", "", "", "ʃəs"),
    ("tious", "", "", "ʃəs"),
    ("ough", "", "t", "ɔ"),
    ("ough", "", "", "O"),
    ("augh", "", "t", "ɔ"),
    ("eigh", "", "", "A"),
    ("igh", "", "", "I"),
    ("tch", "", "", "ʧ"),
    ("dge", "", "", "ʤ"),
    ("sch", "^", "", "ʃ"),
    ("eau", "", "", "O"),
    ("ous", "..", "$", "əs"),
    ("que", "", "$", "k"),
    ("gue", "", "$", "ɡ"),
    ("ture", "", "$", "ʧəR"),
    ("sure", "", "$", "ʒəR"),
    ("air", "", "", "ɛR"),
    ("are", "", "$", "ɛR"),
    ("ear", "", "", "ɪR"),
    ("eer", "", "", "ɪR"),
    ("ire", "", "$", "IR"),
    ("ore", "", "$", "ɔR"),
    ("oor", "", "", "ɔR"),
    ("our", "", "", "ɔR"),
    ("ure", "", "$", "jʊR"),
    ("all", "", "$", "ɔl"),
    ("le", "[bcdfgkpstz]", "$", "ᵊl"),
    ("es", "[sxz]|ch|sh", "$", "ᵻz"),
    ("ed", "[td]", "$", "ᵻd"),
    ("er", "", "[^aeiouy]|$", "əR"),
    ("ar", "", "[^aeiouyr]|$", "ɑR"),
    ("or", "", "[^aeiouy]|$", "ɔR"),
    ("ir", "", "[^aeiouyr]|$", "ɜR"),
    ("ur", "", "[^aeiouyr]|$", "ɜR"),
    ("yr", "", "[^aeiouyr]|$", "ɜR"),
    ("ai", "", "", "A"),
    ("ay", "", "", "A"),
    ("au", "", "", "ɔ"),
    ("aw", "", "", "ɔ"),
    ("ea", "", "", "i"),
    ("ee", "", "", "i"),
    ("ei", "", "", "A"),
    ("ey", "", "$", "i"),
    ("ey", "", "", "A"),
    ("eu", "", "", "ju"),
    ("ew", "[rlj]", "", "u"),
    ("ew", "", "", "ju"),
    ("ie", "^.", "$", "I"),
    ("ie", "", "", "i"),
    ("oa", "", "", "O"),
    ("oe", "", "", "O"),
    ("oi", "", "", "Y"),
    ("oy", "", "", "Y"),
    ("oo", "", "k", "ʊ"),
    ("oo", "", "", "u"),
    ("ou", "", "", "W"),
    ("ow", "", "$", "O"),
    ("ow", "", "", "W"),
    ("ue", "", "$", "u"),
    ("ui", "", "", "u"),
    ("ia", "", "$", "iə"),
    ("io", "", "", "iO"),
    ("ch", "", "[rl]", "k"),
    ("ch", "", "", "ʧ"),
    ("ck", "", "", "k"),
    ("gh", "^", "", "ɡ"),
    ("gh", "", "", ""),
    ("gn", "^", "", "n"),
    ("kn", "^", "", "n"),
    ("mb", "", "$", "m"),
    ("ng", "", "$", "ŋ"),
    ("ng", "", "[eiy]", "nʤ"),
    ("ng", "", "", "ŋɡ"),
    ("nk", "", "", "ŋk"),
    ("ph", "", "", "f"),
    ("ps", "^", "", "s"),
    ("qu", "", "", "kw"),
    ("rh", "", "", "ɹ"),
    ("sc", "", "[eiy]", "s"),
    ("sh", "", "", "ʃ"),
    ("th", "", "", "θ"),
    ("wh", "", "", "w"),
    ("wr", "^", "", "ɹ"),
    ("xc", "", "[eiy]", "ks"),
    ("cc", "", "[eiy]", "ks"),
    ("zz", "", "", "ts"),
    ("a", "", "[^aeiouywxr]e$", "A"),
    ("a", "..", "$", "ə"),
    ("a", "", "$", "ɑ"),
    ("a", "", "", "æ"),
    ("e", "^[^aeiouy]*", "$", "i"),
    ("e", "[aeiouy].*", "$", ""),
    ("e", "", "[^aeiouywxr]e$", "i"),
    ("e", "", "", "ɛ"),
    ("i", "", "[^aeiouywxr]e$", "I"),
    ("i", "", "$", "i"),
    ("i", "", "", "ɪ"),
    ("o", "", "[^aeiouywxr]e$", "O"),
    ("o", "", "$", "O"),
    ("o", "", "", "D"),
    ("u", "[rlj]", "[^aeiouywxr]e$", "u"),
    ("u", "", "[^aeiouywxr]e$", "ju"),
    ("u", "", "$", "u"),
    ("u", "", "", "ʌ"),
    ("y", "^", "[aeiou]", "j"),
    ("y", "^[^aeiouy]*", "$", "I"),
    ("y", "", "$", "i"),
    ("y", "", "[aeiou]", "j"),
    ("y", "", "", "ɪ"),
    ("b", "", "", "b"),
    ("c", "", "[eiy]", "s"),
    ("c", "", "", "k"),
    ("d", "", "", "d"),
    ("f", "", "", "f"),
    ("g", "", "[eiy]", "ʤ"),
    ("g", "", "", "ɡ"),
    ("h", "", "$", ""),
    ("h", "", "", "h"),
    ("j", "", "", "ʤ"),
    ("k", "", "", "k"),
    ("l", "", "", "l"),
    ("m", "", "", "m"),
    ("n", "", "", "n"),
    ("p", "", "", "p"),
    ("q", "", "", "k"),
    ("r", "", "", "ɹ"),
    ("s", "[aeiou]", "[aeiou]", "z"),
    ("s", "", "", "s"),
    ("t", "", "", "t"),
    ("v", "", "", "v"),
    ("w", "", "", "w"),
    ("x", "^", "", "z"),
    ("x", "", "", "ks"),
    ("z", "", "", "z"),
)
# D is the vowel of lot, R an r after a vowel: where the accents differ.
_ACCENTS = {
    Accent.AMERICAN: str.maketrans({"D": "ɑ", "R": "ɹ"}),
    Accent.BRITISH: str.maketrans({"D": "ɒ", "O": "Q", "æ": "a", "ᵻ": "ɪ"}),
}
_BRITISH_VOWELS = (
    ("ɑR", "ɑː"),
    ("ɔR", "ɔː"),
    ("ɜR", "ɜː"),
    ("ɪR", "ɪə"),
    ("ɛR", "ɛː"),
    ("R", ""),
    ("ɔ", "ɔː"),
)
_LONG = (("ɔːː", "ɔː"), ("i", "iː"), ("u", "uː"))
_REPEATS = re.compile(r"(.)\1+")


def spelled_phonemes(word: str, accent: Accent) -> str:
    """Return the phonemes of a word by its spelling, with one main stress.

    Accents on letters are dropped first; characters that aren't Latin letters give nothing, so the
    result may be empty.
    """
    letters = _latin(word)
    sounds: list[str] = []
    place = 0
    while place < len(letters):
        length, sound = _rule_at(letters, place)
        sounds.append(sound)
        place += length
    return _with_stress(_accented("".join(sounds), accent))


def _latin(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.lower()).replace("ß", "ss").replace("ø", "o").replace("æ", "e")
    return "".join(letter for letter in bare if "a" <= letter <= "z")


def _rule_at(letters: str, place: int) -> tuple[int, str]:
    if place and letters[place] == letters[place - 1] and letters[place] not in "aeiouyz":
        return 1, ""
    for pattern, before, after, sound in _rules_by_initial()[letters[place]]:
        end = place + len(pattern)
        fits = letters.startswith(pattern, place)
        if fits and before.search(letters[:place]) and after.match(letters[end:]):
            return len(pattern), sound
    raise AssertionError(letters[place])


@cache
def _rules_by_initial() -> dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str], str]]]:
    rules: dict[str, list[tuple[str, re.Pattern[str], re.Pattern[str], str]]] = {}
    for pattern, before, after, sound in sorted(_RULES, key=lambda rule: -len(rule[0])):
        compiled = (pattern, re.compile(f"(?:{before})$"), re.compile(after), sound)
        rules.setdefault(pattern[0], []).append(compiled)
    return rules


def _accented(sounds: str, accent: Accent) -> str:
    if accent is Accent.BRITISH:
        for american, british in (*_BRITISH_VOWELS, *_LONG):
            sounds = sounds.replace(american, british)
    return _REPEATS.sub(r"\1", sounds.translate(_ACCENTS[accent]))


def _with_stress(sounds: str) -> str:
    full = [index for index, sound in enumerate(sounds) if sound in VOWELS and sound not in "əᵻᵊ"]
    if not full:
        return sounds
    vowels = [index for index, sound in enumerate(sounds) if sound in VOWELS]
    wanted = vowels[-2] if len(vowels) > 2 else vowels[0]
    place = min(full, key=lambda index: (abs(index - wanted), index))
    return sounds[:place] + PRIMARY_STRESS + sounds[place:]
