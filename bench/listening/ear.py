"""Free decoding: what a recogniser that knows nothing of the text hears in parts of a sound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from pocketsphinx import Decoder  # type: ignore[import-untyped]  # its wheel carries no types

from bench.listening.sound import EAR_RATE_HZ, Mono

Span = tuple[float, float]

PEAK = 0.7
"""What each part is scaled to: the recogniser was trained on speech near its microphone."""

_SILENCE = 1e-3
_NO_CHANCE = -(2**29)
"""The logarithm that its language model gives to a word that it doesn't hold."""


class Ear:
    """The recogniser with its own models, as they are.

    `names` are words that its dictionary lacks, with their phones. Each gets the chance of any one word among
    all that the language model holds; nothing tells it where a name is said. A word that its dictionary holds
    and its language model doesn't can't be heard, and is not taught.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        # Its mean spectrum is taken from each part as a whole, not carried over from who spoke before.
        self._decoder = Decoder(samprate=EAR_RATE_HZ, loglevel="FATAL", cmn="batch")
        self.taught: list[str] = []
        for word, phones in names:
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, phones, True)
                self.taught.append(word)

    def heard(self, sound: Mono, spans: Sequence[Span]) -> tuple[str, ...]:
        """The text heard in each span of seconds, each decoded alone."""
        return tuple(self._text(_part(sound, span)) for span in spans)

    def can_hear(self, word: str) -> bool:
        """Whether its language model gives a word any chance."""
        return bool(self._decoder.get_lm().prob([word]) > _NO_CHANCE)

    def _text(self, part: Mono) -> str:
        scaled = part * (PEAK / max(_SILENCE, float(np.abs(part).max(initial=0))))
        self._decoder.start_utt()
        self._decoder.process_raw((scaled * 32_767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return found.hypstr if found else ""


def _part(sound: Mono, span: Span) -> Mono:
    begin, end = (round(seconds * EAR_RATE_HZ) for seconds in span)
    return sound[begin:end]
