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

_REST_SIGNS = frozenset(".,;:!?…—")
_SIGNS_OF_A_WORD = 1.5
_SIGNS_OF_A_DIGIT = 4


def word_spans(words: Sequence[str], samples: Samples, rate_hz: int) -> Iterator[tuple[str, int, int]]:
    """Each word with its first sample and the one after its last, in order and within the sound.

    Words share the time in which the voice sounds by their length in signs, so none begins within a rest.
    Where there are enough, one lies after each sign that asks for one.
    """
    sounding = _sounding(samples, rate_hz)
    heard = np.concatenate(([0], np.cumsum(sounding)))
    weights = np.array([_signs(word) for word in words])
    even = np.cumsum(weights) / float(weights.sum()) * heard[-1]
    ends = _at_rests(words, even, [float(heard[place]) for place in _rests(sounding)])
    window = rate_hz * WINDOW_MS // 1_000
    start_heard = 0.0
    for word, end_heard in zip(words, ends, strict=True):
        first = min(int(np.searchsorted(heard, start_heard, side="right")) - 1, len(sounding) - 1)
        last = int(np.searchsorted(heard, end_heard - 1e-9, side="left"))
        start = round((first + start_heard - heard[first]) * window)
        end = round((last + end_heard - heard[last]) * window)
        yield word, min(start, len(samples)), min(max(start, end), len(samples))
        start_heard = float(end_heard)


def _rests(sounding: NDArray[np.bool_]) -> list[int]:
    """The windows at which rests between sounds begin."""
    edges = np.flatnonzero(np.diff(sounding.astype(np.int8)) < 0) + 1
    return [int(edge) for edge in edges if sounding[edge:].any()]


def _at_rests(words: Sequence[str], ends: NDArray[np.float64], rests: Sequence[float]) -> NDArray[np.float64]:
    """The ends of words, stretched so that those before a rest end where one is heard, the nearest."""
    due = [float(end) for word, end in zip(words[:-1], ends[:-1], strict=True) if word[-1] in _REST_SIGNS]
    # What it costs to have come so far with the last sign's rest at each place, and the rests taken.
    ways: list[tuple[float, tuple[float, ...]]] = [(0.0, ())]
    for count, end in enumerate(due, start=1):
        ways = [
            (min(ways[: place - count + 2])[0] + abs(rest - end), (*min(ways[: place - count + 2])[1], rest))
            for place, rest in enumerate(rests)
            if place >= count - 1
        ]
    if not due or not ways:
        return ends
    taken = min(ways)[1]
    stretched: NDArray[np.float64] = np.interp(ends, [0.0, *due, ends[-1]], [0.0, *taken, ends[-1]])
    return stretched


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
