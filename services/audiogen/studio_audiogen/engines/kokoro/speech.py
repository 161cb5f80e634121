"""From the model's phrases to one speech: trimmed, joined, levelled, at 48 kHz, with its word times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio_audiogen.engines.kokoro.model import MODEL_RATE_HZ, Samples, Utterance
from studio_audiogen.engines.kokoro.phrases import Phrase
from studio_audiogen.orders import SAMPLE_RATE_HZ

EDGE_MS = 60
FADE_MS = 8
LEVEL_MILLIBELS = -2_000
PEAK_MILLIBELS = -300
_SILENCE_MILLIBELS = -4_600
_WINDOWS_A_SECOND = 200
_WINDOW_SAMPLES = MODEL_RATE_HZ // _WINDOWS_A_SECOND
_PAUSES_MS = {".": 260, "!": 260, "?": 280, "…": 380, "—": 200, ";": 180, ":": 180, ",": 120, "": 40}
# The model rests as long at these as at a comma.
_LONGER_MS = {"—": 120, "…": 280}
_HALF_TAPS = 32


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and where it is said, ms from the speech's start."""

    word: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A finished speech: mono samples at 48 kHz, shape (count, 1), and its words in order."""

    samples: Samples
    words: tuple[TimedWord, ...]

    @property
    def length_ms(self) -> int:
        """The speech's length, rounded up so that no word ends after it."""
        return -(-len(self.samples) * 1_000 // SAMPLE_RATE_HZ)


def speech_of(phrases: Sequence[Phrase], utterances: Sequence[Utterance], level_millibels: int) -> Speech:
    """Join phrases with pauses by their last sign, level the whole, and time each word.

    Word times are the model's own lengths of its phonemes, in steps of 25 ms, in order and within
    the speech. `level_millibels` is added to the usual level of -20 dBFS of active speech.
    """
    blocks: list[Samples] = []
    spans: list[tuple[str, int, int]] = []
    place = 0
    for index, (phrase, utterance) in enumerate(zip(phrases, utterances, strict=True)):
        said, places = _rested(phrase, utterance)
        start, end = active_range(said)
        block = faded(said[start:end])
        spans += [(word, first + place - start, last + place - start) for word, first, last in places]
        pause_ms = _PAUSES_MS[phrase.words[-1].pause] if index + 1 < len(phrases) else 0
        blocks += [block, np.zeros(pause_ms * MODEL_RATE_HZ // 1_000, np.float32)]
        place += len(blocks[-2]) + len(blocks[-1])
    joined = doubled_rate(np.concatenate(blocks))
    samples = levelled(joined, level_millibels)
    return Speech(samples[:, np.newaxis], _timed(spans, place))


def doubled_rate(samples: Samples) -> Samples:
    """Return mono samples at twice their rate, band-limited to the old half rate.

    The even samples stay; the odd ones come from a Kaiser-windowed sinc of 64 taps, as in a half-band
    polyphase interpolator: flat to 0.9 of the band, images below -60 dB.
    """
    steps = np.arange(-_HALF_TAPS, _HALF_TAPS) + 0.5
    taps = np.sinc(steps) * np.kaiser(2 * _HALF_TAPS, 8.0)
    taps /= taps.sum()
    between = np.convolve(samples, taps)[_HALF_TAPS : _HALF_TAPS + len(samples)]
    doubled = np.empty(2 * len(samples), np.float32)
    doubled[0::2] = samples
    doubled[1::2] = between
    return doubled


def active_range(samples: Samples, rate_hz: int = MODEL_RATE_HZ) -> tuple[int, int]:
    """Return where speech is, by its energy, with at most 60 ms before and after."""
    count = max(1, len(samples) * _WINDOWS_A_SECOND // rate_hz)
    windows = np.array_split(samples, count)
    levels = np.array([float(np.sqrt(np.mean(np.square(window)))) for window in windows])
    active = np.flatnonzero(levels > max(1e-4, float(levels.max()) * _gain(_SILENCE_MILLIBELS)))
    if not active.size:
        return 0, len(samples)
    edges = np.cumsum([0, *(len(window) for window in windows)])
    margin = EDGE_MS * rate_hz // 1_000
    return max(0, int(edges[active[0]]) - margin), min(len(samples), int(edges[active[-1] + 1]) + margin)


def faded(samples: Samples, rate_hz: int = MODEL_RATE_HZ) -> Samples:
    """Return the samples without an offset, and with soft ends."""
    soft = samples - np.float32(samples.mean())
    count = min(FADE_MS * rate_hz // 1_000, len(samples) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(count) / max(1, count))).astype(np.float32)
    soft[:count] *= ramp
    soft[len(soft) - count :] *= ramp[::-1]
    return soft


def levelled(samples: Samples, level_millibels: int) -> Samples:
    """Return the samples at the usual level of active speech and so much above, as their peak allows."""
    loud = np.abs(samples) > np.abs(samples).max() * 0.02
    active_rms = float(np.sqrt(np.mean(np.square(samples[loud], dtype=np.float64)))) if loud.any() else 0.0
    if active_rms == 0.0:
        return samples
    gain = _gain(LEVEL_MILLIBELS + level_millibels) / active_rms
    return samples * np.float32(min(gain, _gain(PEAK_MILLIBELS) / float(np.abs(samples).max())))


def _gain(millibels: int) -> float:
    return float(10 ** (millibels / 2_000))


def _spans(phrase: Phrase, utterance: Utterance) -> list[tuple[str, int, int]]:
    edges: NDArray[np.int64] = utterance.lead_samples + np.cumsum([0, *utterance.sign_samples])
    pairs = zip(phrase.words, phrase.spans(), strict=True)
    return [(word.text, int(edges[start]), int(edges[end])) for word, (start, end) in pairs]


def _rested(phrase: Phrase, utterance: Utterance) -> tuple[Samples, list[tuple[str, int, int]]]:
    """A phrase with longer rests at dashes and ellipses within it, and where its words are then."""
    samples, spans = utterance.samples, _spans(phrase, utterance)
    pieces: list[Samples] = []
    moved: list[tuple[str, int, int]] = []
    taken = longer = 0
    following = [first for _, first, _ in spans[1:]]
    for word, (text, first, last), after in zip(phrase.words, spans, [*following, 0], strict=True):
        moved.append((text, first + longer, last + longer))
        rest = _LONGER_MS.get(word.pause, 0) * MODEL_RATE_HZ // 1_000
        if rest and after:
            cut = _quietest(samples, last, after)
            pieces += [faded(samples[taken:cut]), np.zeros(rest, np.float32)]
            taken, longer = cut, longer + rest
    return (np.concatenate([*pieces, faded(samples[taken:])]) if pieces else samples), moved


def _quietest(samples: Samples, first: int, last: int) -> int:
    """The middle of the quietest 5 ms of a stretch."""
    part = samples[first : max(last, first + _WINDOW_SAMPLES)]
    if len(part) < _WINDOW_SAMPLES:
        return first
    energy = np.convolve(np.square(part), np.ones(_WINDOW_SAMPLES, np.float32), mode="valid")
    return first + int(np.argmin(energy)) + _WINDOW_SAMPLES // 2


def _timed(spans: Sequence[tuple[str, int, int]], length_samples: int) -> tuple[TimedWord, ...]:
    timed: list[TimedWord] = []
    earliest_ms = 0
    for word, start, end in spans:
        start_ms = max(earliest_ms, max(0, start) * 1_000 // MODEL_RATE_HZ)
        end_ms = max(start_ms, min(end, length_samples) * 1_000 // MODEL_RATE_HZ)
        timed.append(TimedWord(word, start_ms, end_ms))
        earliest_ms = end_ms
    return tuple(timed)
