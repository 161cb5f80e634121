"""Which of a provider's voices speaks for which of the studio's cast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WOMEN = ("nova", "shimmer", "coral", "sage", "marin", "alloy")
MEN = ("onyx", "ash", "echo", "ballad", "cedar", "verse", "fable")
"""OpenAI's voices as most hear them. Servers of open models have others: settings name them."""

_CAST_WOMEN = (
    *("af_heart", "bf_emma", "af_bella", "af_nicole", "bf_isabella", "af_sarah", "af_kore", "bf_alice"),
    *("af_aoede", "bf_lily", "af_jessica", "af_nova", "af_river", "af_alloy", "af_sky"),
)
_CAST_MEN = (
    *("am_michael", "bm_george", "am_fenrir", "am_puck", "bm_fable", "am_onyx", "bm_lewis", "am_echo"),
    *("bm_daniel", "am_liam", "am_eric", "am_adam", "am_santa"),
)
"""The names under which characters are cast, in the order in which they are given out."""

ANY = "*"


def read_voices(texts: Sequence[str]) -> Mapping[str, str]:
    """The map that texts such as "af_heart=nova" are; "*=alloy" is for all others. Raises ValueError."""
    pairs = [text.partition("=") for text in texts]
    for text, (cast, sign, voice) in zip(texts, pairs, strict=True):
        if not cast.strip() or not sign or not voice.strip():
            raise ValueError(f"{text}: write voices as af_heart=nova, or *=alloy for all others")
    return {cast.strip(): voice.strip() for cast, _, voice in pairs}


def checked_voices(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts, when each is a pair. Raises ValueError."""
    read_voices(texts)
    return texts


def declared(voices: Mapping[str, str]) -> tuple[str, ...]:
    """The voices that a pool declares: the provider's, which people may choose, and those of the cast."""
    own = dict.fromkeys(voice for voice in voices.values())
    offered = own if ANY in voices else dict.fromkeys((*own, *WOMEN, *MEN))
    cast = dict.fromkeys((*_CAST_WOMEN, *_CAST_MEN, *(name for name in voices if name != ANY)))
    return tuple(dict.fromkeys((*offered, *cast)))


def voice_for(name: str, voices: Mapping[str, str]) -> str:
    """The provider's voice of one of the cast: as settings say, one of its own, or one that is like it.

    Characters of different voices have different ones of the provider's as long as there are enough.
    """
    if name in voices:
        return voices[name]
    if name in voices.values() or name in WOMEN or name in MEN:
        return name
    if ANY in voices:
        return voices[ANY]
    for cast, provided in ((_CAST_WOMEN, WOMEN), (_CAST_MEN, MEN)):
        if name in cast:
            return provided[cast.index(name) % len(provided)]
    return name
