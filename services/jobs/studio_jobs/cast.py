"""Who plays whom: a voice for each character, kept for the project from the first plan on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType

from studio_jobs.domain.keys import seed_of
from studio_jobs.screenplay.ages import Age, age_in

NARRATOR = "NARRATOR"

_FEMALE_VOICES = (
    "af_heart",
    "bf_emma",
    "af_bella",
    "af_nicole",
    "bf_isabella",
    "af_sarah",
    "af_kore",
    "bf_alice",
    "af_aoede",
    "bf_lily",
    "af_jessica",
    "af_nova",
    "af_river",
    "af_alloy",
    "af_sky",
)
_MALE_VOICES = (
    "am_michael",
    "bm_george",
    "am_fenrir",
    "am_puck",
    "bm_fable",
    "am_onyx",
    "bm_lewis",
    "am_echo",
    "bm_daniel",
    "am_liam",
    "am_eric",
    "am_adam",
    "am_santa",
)
# New voices are added at the end: a place in these is a wardrobe, too.
_NARRATOR_VOICE = "am_fenrir"
_OF_AN_AGE = {
    Age.YOUNG: ("bf_alice", "af_jessica", "bf_isabella", "am_eric", "am_puck", "am_liam"),
    Age.AGED: ("af_kore", "af_alloy", "af_nova", "bm_lewis", "am_onyx", "bm_fable", "am_santa"),
}
"""By pitch: the highest for children, the lowest and slowest for the old."""
_ANOTHERS = re.compile(r"\b(?:he|him|his|she|her|hers)\b", re.IGNORECASE)
_PRONOUNS = frozenset(("he", "him", "she", "her"))
_AGED_AS = re.compile(r"\bin (?:his|her) ", re.IGNORECASE)
_TEMPO_PERMILLE = {Age.YOUNG: 1_050, Age.ADULT: 1_000, Age.AGED: 930}


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(
        resources.files("studio_jobs.casting").joinpath(f"{kind}.txt").read_text("utf-8").split()
    )


def tells_kind(noun: str) -> bool:
    """Whether a noun, in small letters, says that somebody is a woman or a man."""
    return noun in (_words("female") | _words("male")) - _PRONOUNS


def cast_voices(
    names: Sequence[str],
    kept: Mapping[str, str],
    told: Mapping[str, str] = MappingProxyType({}),
    edited: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """A voice for each name in the order of first appearance; `kept` voices stay.

    `told` is how the text introduces them, `edited` the voices that people chose. A voice is given twice only
    when its kind has run out, and the narrator's to nobody else before. Where nothing says what someone is,
    they take the kind that fewer have so far.
    """
    voices = {name: kept[name] for name in names if name in kept}
    for name in names:
        if name not in voices:
            taken = {**kept, **voices, **edited}.values()
            voices[name] = _voice_for(name, told.get(name, ""), list(taken))
    return voices


def tempo_of(name: str, *looks: str) -> int:
    """How fast someone speaks, in permille of a voice's own tempo, by the first look that tells an age."""
    return _TEMPO_PERMILLE[_age_of(name, *looks)]


def _age_of(name: str, *looks: str) -> Age:
    return next((age for text in (*looks, name) if (age := age_in(text)) is not None), Age.ADULT)


def _voice_for(name: str, told: str, taken: Sequence[str]) -> str:
    if name == NARRATOR:
        wanted = (_NARRATOR_VOICE, *_MALE_VOICES, *_FEMALE_VOICES)
        return min(wanted, key=lambda voice: (taken.count(voice), wanted.index(voice)))
    pool = _FEMALE_VOICES if _is_female(name, told, taken) else _MALE_VOICES
    fitting = _OF_AN_AGE.get(_age_of(name, told), ())
    return min(
        pool,
        key=lambda voice: (
            taken.count(voice),
            voice == _NARRATOR_VOICE,
            fitting.index(voice) if voice in fitting else len(fitting),
            pool.index(voice),
        ),
    )


def _is_female(name: str, told: str, taken: Sequence[str]) -> bool:
    # "In her eighties" tells of the bearer, "her brother" of somebody else.
    own = [words.casefold() for words in (name, _ANOTHERS.sub("", told), *_AGED_AS.findall(told))]
    for text in own:
        words = {word.strip(".,'\"()") for word in text.split()}
        if words & _words("female"):
            return True
        if words & _words("male"):
            return False
    women = sum(voice in _FEMALE_VOICES for voice in taken)
    return women * 2 <= len(taken)


def wardrobe_of(voice: str, project_id: str) -> int:
    """The number of the wardrobe that goes with a voice, from 1: as different within a cast as voices are.

    Which is whose differs by project, so that the first to appear don't look alike in all films.
    """
    for voices in (_FEMALE_VOICES, _MALE_VOICES):
        if voice in voices:
            return (voices.index(voice) + seed_of(project_id, "wardrobe")) % len(voices) + 1
    return 0


def bearing_of(voice: str) -> str:
    """What a voice says of its bearer: "woman", "man", or nothing."""
    return "woman" if voice in _FEMALE_VOICES else "man" if voice in _MALE_VOICES else ""
