"""Forced alignment: where in a sound each word of a known text lies, by an acoustic model that isn't ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from pocketsphinx import Decoder  # type: ignore[import-untyped]  # its wheel carries no types

from bench.listening.phones import phones_of
from bench.listening.sound import EAR_RATE_HZ, Mono

FRAME_SECONDS = 0.01
MARGIN_SECONDS = 0.3
"""Silence, or what else is heard, before and after a line that is aligned."""

_NOISE_LEVEL = 3e-4
"""Of full scale, -70 dB: digital silence is no silence to a recogniser that was trained in rooms."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A plain word and where the aligner finds it, seconds."""

    word: str
    start_seconds: float
    end_seconds: float


class Aligner:
    """Places the words of a text in a sound. `pronounce` gives our phonemes of a word unknown to it."""

    def __init__(self, pronounce: Callable[[str], str]) -> None:
        self._decoder = Decoder(samprate=EAR_RATE_HZ, loglevel="FATAL")
        self._pronounce = pronounce
        self.added: list[str] = []

    def place(self, words: Sequence[str], sound: Mono) -> tuple[PlacedWord, ...]:
        """The words in order; none when the text cannot be aligned with the sound at all."""
        for word in words:
            self._learn(word)
        self._decoder.set_align_text(" ".join(words))
        self._decoder.start_utt()
        noise = np.random.default_rng(0).normal(0, _NOISE_LEVEL, len(sound))
        samples = (np.clip(sound + noise, -1, 1) * 32_767).astype("<i2")
        self._decoder.process_raw(samples.tobytes(), full_utt=True)
        self._decoder.end_utt()
        if self._decoder.hyp() is None:
            return ()
        return tuple(self._placed())

    def _learn(self, word: str) -> None:
        if self._decoder.lookup_word(word) is None:
            self._decoder.add_word(word, phones_of(self._pronounce(word)), True)
            self.added.append(word)

    def _placed(self) -> Iterator[PlacedWord]:
        for found in self._decoder.seg():
            if found.word.startswith(("<", "[", "(")):
                continue
            yield PlacedWord(
                re.sub(r"\(\d+\)$", "", found.word),
                found.start_frame * FRAME_SECONDS,
                (found.end_frame + 1) * FRAME_SECONDS,
            )
