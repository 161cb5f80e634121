"""Who plays whom: a voice for each character, kept for the project from the first plan on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

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
)
_NARRATOR_VOICE = "bm_george"


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(resources.files("studio_jobs.casting").joinpath(f"{kind}.txt").read_text().split())


def cast_voices(names: Sequence[str], kept: Mapping[str, str]) -> dict[str, str]:
    """A voice for each name in the order of first appearance; `kept` voices stay.

    A voice is given twice only when its kind has run out. Names that say nothing of their bearer take
    the kind that fewer have so far.
    """
    voices = {name: kept[name] for name in names if name in kept}
    for name in names:
        if name not in voices:
            voices[name] = _voice_for(name, [*kept.values(), *voices.values()])
    return voices


def _voice_for(name: str, taken: Sequence[str]) -> str:
    if name == NARRATOR:
        return _NARRATOR_VOICE
    pool = _FEMALE_VOICES if _is_female(name, taken) else _MALE_VOICES
    return min(pool, key=lambda voice: (taken.count(voice), pool.index(voice)))


def _is_female(name: str, taken: Sequence[str]) -> bool:
    words = {word.strip(".'\"()").casefold() for word in name.split()}
    if words & _words("female"):
        return True
    if words & _words("male"):
        return False
    women = sum(voice in _FEMALE_VOICES for voice in taken)
    return women * 2 <= len(taken)


def wardrobe_of(voice: str) -> int:
    """The number of the wardrobe that goes with a voice, from 1: as different within a cast as voices are."""
    for voices in (_FEMALE_VOICES, _MALE_VOICES):
        if voice in voices:
            return voices.index(voice) + 1
    return 0


def bearing_of(voice: str) -> str:
    """What a voice says of its bearer: "woman", "man", or nothing."""
    return "woman" if voice in _FEMALE_VOICES else "man" if voice in _MALE_VOICES else ""
