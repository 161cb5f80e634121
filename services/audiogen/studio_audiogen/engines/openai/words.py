"""Where the words of a line lie in its sound, estimated by how long they are and where the voice rests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from studio_media.sound import Samples

WINDOW_MS = 10
REST_MS = 120
"""A silence of at least this is a rest; shorter ones are within words."""

REST_LEVEL = 0.03
"""Of the loudest window: below it nothing is said."""

_SIGNS_OF_A_WORD = 1.5
_SIGNS_OF_A_DIGIT = 4


def word_spans(words: Sequence[str], samples: Samples, rate_hz: int) -> Iterator[tuple[str, int, int]]:
    """Each word with its first sample and the one after its last, in order and within the sound.

    Words share the time in which the voice sounds by their length in signs, so none begins within a rest.
    """
    sounding = _sounding(samples, rate_hz)
    heard = np.concatenate(([0], np.cumsum(sounding)))
    weights = np.array([_signs(word) for word in words])
    ends = np.cumsum(weights) / max(float(weights.sum()), 1e-9) * heard[-1]
    window = rate_hz * WINDOW_MS // 1_000
    start_heard = 0.0
    for word, end_heard in zip(words, ends, strict=True):
        first = int(np.searchsorted(heard, start_heard, side="right")) - 1
        last = int(np.searchsorted(heard, end_heard, side="left"))
        yield word, min(first * window, len(samples)), min(max(last, first) * window, len(samples))
        start_heard = float(end_heard)


def _sounding(samples: Samples, rate_hz: int) -> NDArray[np.bool_]:
    """Of each window whether the voice sounds; short silences between sounds count as sound."""
    window = rate_hz * WINDOW_MS // 1_000
    count = max(1, len(samples) // window)
    levels = np.sqrt(np.mean(np.square(samples[: count * window].reshape(count, -1)), axis=1))
    loud = levels > REST_LEVEL * float(levels.max())
    places = np.flatnonzero(loud)
    if not places.size:
        return np.ones(count, np.bool_)
    sounding = np.zeros(count, np.bool_)
    sounding[places] = True
    for before, after in itertools.pairwise(places):
        if (after - before - 1) * WINDOW_MS < REST_MS:
            sounding[before:after] = True
    return sounding


def _signs(word: str) -> float:
    """How long a word takes, in signs: digits are read as words."""
    digits = sum(sign.isdigit() for sign in word)
    letters = sum(sign.isalpha() for sign in word)
    return _SIGNS_OF_A_WORD + letters + _SIGNS_OF_A_DIGIT * digits
