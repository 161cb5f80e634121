"""From a provider's sound to a speech of the studio's: decoded, trimmed, levelled, with its words' times."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio_audiogen.engines.kokoro.speech import Speech, TimedWord, active_range, faded, levelled
from studio_audiogen.engines.openai.choices import PCM_RATE_HZ
from studio_audiogen.engines.openai.words import word_spans
from studio_audiogen.orders import SAMPLE_RATE_HZ
from studio_media.sound import Samples, SoundError, decode

PIECE_PAUSE_MS = 280
SECONDS_A_CHARACTER_MAX = 2.0
SECONDS_MIN_MAX = 20.0
"""A sound that is far longer than its text takes is not it: 2 s a character, and never less than 20 s."""

SILENCE = 1e-4
"""A sound whose peak is below this, full scale being 1, says nothing."""


class SoundUnusable(Exception):
    """What came is no speech; its text says why, for logs."""


@dataclass(frozen=True, slots=True)
class Said:
    """One piece at 48 kHz, shape (count,), and its words in samples from its start."""

    samples: Samples
    words: tuple[tuple[str, int, int], ...]


def said_of(text: str, content: bytes, sound_format: str) -> Said:
    """A piece from a provider's bytes. Raises SoundUnusable."""
    try:
        heard = decode(
            content if sound_format == "wav" else _wave_file(content), SAMPLE_RATE_HZ, 1, sound_format="wav"
        )
    except SoundError as error:
        raise SoundUnusable(str(error)) from error
    samples = heard[:, 0]
    if not len(samples) or not np.isfinite(samples).all() or float(np.abs(samples).max()) < SILENCE:
        raise SoundUnusable(f"{len(samples)} samples of silence")
    if len(samples) > SAMPLE_RATE_HZ * max(SECONDS_MIN_MAX, SECONDS_A_CHARACTER_MAX * len(text)):
        raise SoundUnusable(f"{len(samples) / SAMPLE_RATE_HZ:.0f} s for {len(text)} characters")
    start, end = active_range(samples, SAMPLE_RATE_HZ)
    spoken = faded(samples[start:end], SAMPLE_RATE_HZ)
    return Said(spoken, tuple(word_spans(text.split(), spoken, SAMPLE_RATE_HZ)))


def joined(pieces: Sequence[Said], level_millibels: int) -> Speech:
    """The whole speech; `level_millibels` is added to the usual level."""
    pause = np.zeros(PIECE_PAUSE_MS * SAMPLE_RATE_HZ // 1_000, np.float32)
    blocks: list[Samples] = []
    words: list[TimedWord] = []
    place = 0
    for piece in pieces:
        if blocks:
            blocks.append(pause)
            place += len(pause)
        words += [TimedWord(word, _ms(place + start), _ms(place + end)) for word, start, end in piece.words]
        blocks.append(piece.samples)
        place += len(piece.samples)
    samples = levelled(np.concatenate(blocks), level_millibels)
    return Speech(samples[:, np.newaxis], tuple(words))


def _ms(samples: int) -> int:
    return samples * 1_000 // SAMPLE_RATE_HZ


def _wave_file(content: bytes) -> bytes:
    """Bare samples as a WAV file; an odd last byte is half a sample."""
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(PCM_RATE_HZ)
        file.writeframes(content[: len(content) // 2 * 2])
    return memory.getvalue()
