"""What abbreviations stand for, by their small letters without the last full stop."""

from __future__ import annotations

from studio_audiogen.pronunciation.dates import MONTH_ABBREVIATIONS

ABBREVIATIONS = {
    "mr": "mister",
    "mrs": "missus",
    "ms": "miz",
    "mx": "mix",
    "dr": "doctor",
    "prof": "professor",
    "lt": "lieutenant",
    "sgt": "sergeant",
    "capt": "captain",
    "cpt": "captain",
    "col": "colonel",
    "gen": "general",
    "cmdr": "commander",
    "maj": "major",
    "rev": "reverend",
    "hon": "honourable",
    "sen": "senator",
    "gov": "governor",
    "det": "detective",
    "insp": "inspector",
    "jr": "junior",
    "sr": "senior",
    "st": "saint",
    "mt": "mount",
    "ave": "avenue",
    "blvd": "boulevard",
    "rd": "road",
    "apt": "apartment",
    "dept": "department",
    "vs": "versus",
    "etc": "et cetera",
    "e.g": "for example",
    "i.e": "that is",
    "a.m": "A M",
    "p.m": "P M",
    "no": "number",
    "approx": "approximately",
    "inc": "incorporated",
    "ltd": "limited",
    "corp": "corporation",
    "ph.d": "P H D",
    "vol": "volume",
    "p": "page",
    "pp": "pages",
    "fig": "figure",
    **MONTH_ABBREVIATIONS,
}
BEFORE_DIGITS = frozenset({"no", "p", "pp", "fig", "vol", "apt", *MONTH_ABBREVIATIONS} - {"may"})
# Words that are abbreviations only before a full stop that does not end the sentence.
ALSO_WORDS = frozenset({"gen", "col", "rev", "sen", "det", "hon", "inc", "corp", "may"})
