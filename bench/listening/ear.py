"""Free decoding: what a recogniser that knows nothing of the text hears in parts of a sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from pocketsphinx import Decoder  # type: ignore[import-untyped]  # its wheel carries no types

from bench.listening.sound import EAR_RATE_HZ, Mono

Span = tuple[float, float]

PEAK = 0.7
"""What each part is scaled to: the recogniser was trained on speech near its microphone."""

_SILENCE = 1e-3


def heard(sound: Mono, spans: Sequence[Span], names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The text heard in each span of seconds, each decoded alone.

    `names` are words that its dictionary lacks, with their phones: a word that it doesn't know it can't hear.
    """
    return tuple(_texts(_decoder(names), sound, spans))


def _decoder(names: Iterable[tuple[str, str]]) -> Decoder:
    decoder = Decoder(samprate=EAR_RATE_HZ, loglevel="FATAL")
    for word, phones in names:
        if decoder.lookup_word(word) is None:
            decoder.add_word(word, phones, True)
    return decoder


def _texts(decoder: Decoder, sound: Mono, spans: Sequence[Span]) -> Iterator[str]:
    for start_seconds, end_seconds in spans:
        part = sound[round(start_seconds * EAR_RATE_HZ) : round(end_seconds * EAR_RATE_HZ)]
        scaled = part * (PEAK / max(_SILENCE, float(np.abs(part).max(initial=0))))
        decoder.start_utt()
        decoder.process_raw((scaled * 32_767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        yield found.hypstr if found else ""
