"""Sound in the house form: float samples to FLAC and back, with exact counts.

Samples are float32 arrays of shape (count, channels), full scale at -1..1.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from studio_media.house import SAMPLE_RATE_HZ

Samples = NDArray[np.float32]
Source = Path | bytes
SoundFormat = Literal["flac", "wav", "mp3", "mov"]

CHANNELS_MAX = 2
SECONDS_MAX = 4 * 3_600
_BLOCK_SAMPLES = 65_536
_LAYOUTS = {1: "mono", 2: "stereo"}
# FLAC takes 16 bits as s16, and 24 bits as the upper bits of s32.
_FLAC_SCALE = {16: 2**15, 24: 2**23}


class SoundError(ValueError):
    """A sound that is broken, too long, or not in the expected form."""


def samples_for(
    frames: int, rate_numerator: int, rate_denominator: int, sample_rate_hz: int = SAMPLE_RATE_HZ
) -> int:
    """Return the samples that `frames` of picture last, rounded half to even."""
    return round(Fraction(frames * rate_denominator * sample_rate_hz, rate_numerator))


def encode_flac(
    samples: Samples, sample_rate_hz: int = SAMPLE_RATE_HZ, *, sample_bits: Literal[16, 24] = 16
) -> bytes:
    """Encode samples of shape (count, 1 or 2) losslessly at `sample_bits`; over full scale is clipped.

    Raises SoundError for another shape, no samples, or samples that aren't finite.
    """
    _check(samples)
    layout = _LAYOUTS[samples.shape[1]]
    memory = io.BytesIO()
    with av.open(memory, mode="w", format="flac") as container:
        stream = container.add_stream("flac", rate=sample_rate_hz)
        stream.codec_context.layout = layout
        stream.codec_context.format = "s16" if sample_bits == 16 else "s32"
        for frame in _frames(samples, sample_rate_hz, layout, sample_bits):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return memory.getvalue()


def decode(
    source: Source,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    channels: int = 1,
    *,
    sound_format: SoundFormat = "flac",
) -> Samples:
    """Decode a sound to shape (count, channels) at `sample_rate_hz`.

    A file of n samples at rate r gives exactly round(n * sample_rate_hz / r). Mono is copied to each
    channel; several channels are averaged to mono. Raises SoundError for a broken or too long sound.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        with av.open(file, mode="r", format=sound_format) as container:
            if len(container.streams.audio) != 1:
                raise SoundError(f"{len(container.streams.audio)} audio tracks where one was expected")
            stream = container.streams.audio[0]
            return _mixed(_decoded(container.decode(stream), stream, sample_rate_hz), channels)
    except av.FFmpegError as error:
        raise SoundError(f"unreadable sound: {error}") from error


def _check(samples: Samples) -> None:
    if samples.ndim != 2 or samples.shape[1] not in _LAYOUTS or not samples.shape[0]:
        raise SoundError(f"samples of shape {samples.shape} where (count, 1 or 2) is the form")
    if not np.isfinite(samples).all():
        raise SoundError("samples that are not finite")


def _frames(samples: Samples, sample_rate_hz: int, layout: str, sample_bits: int) -> Iterator[AudioFrame]:
    scale = _FLAC_SCALE[sample_bits]
    for start in range(0, len(samples), _BLOCK_SAMPLES):
        block = samples[start : start + _BLOCK_SAMPLES].astype(np.float64)
        steps = np.clip(np.rint(block * scale), -scale, scale - 1).astype(np.int32)
        integers = steps.astype(np.int16) if sample_bits == 16 else steps << 8
        packed = np.ascontiguousarray(integers).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format="s16" if sample_bits == 16 else "s32", layout=layout)
        frame.sample_rate = sample_rate_hz
        frame.time_base = Fraction(1, sample_rate_hz)
        frame.pts = start
        yield frame


def _decoded(decoded: Iterator[AudioFrame], stream: AudioStream, sample_rate_hz: int) -> Samples:
    source_rate_hz = stream.codec_context.sample_rate
    if not source_rate_hz or not stream.codec_context.channels:
        raise SoundError("the file holds no sound in this format")
    layout = stream.codec_context.layout.name
    resampler = AudioResampler(format="fltp", layout=layout, rate=sample_rate_hz)
    blocks: list[Samples] = []
    count = 0
    for frame in decoded:
        count += frame.samples
        if count > SECONDS_MAX * source_rate_hz:
            raise SoundError(f"a sound over {SECONDS_MAX} seconds")
        blocks += [_block(part) for part in resampler.resample(frame)]
    blocks += [_block(part) for part in resampler.resample(None)]
    samples = np.concatenate(blocks) if blocks else np.zeros((0, stream.codec_context.channels), np.float32)
    return _fitted(samples, round(Fraction(count * sample_rate_hz, source_rate_hz)))


def _block(frame: AudioFrame) -> Samples:
    return cast(Samples, frame.to_ndarray()).T.astype(np.float32)


def _fitted(samples: Samples, count: int) -> Samples:
    # A resampler's tail differs from the exact length by a few samples.
    missing = count - len(samples)
    if missing > 0:
        return np.pad(samples, ((0, missing), (0, 0)))
    return samples[:count]


def _mixed(samples: Samples, channels: int) -> Samples:
    present = samples.shape[1]
    if present == channels:
        return samples
    if channels == 1:
        mono: Samples = samples.mean(axis=1, keepdims=True, dtype=np.float32)
        return mono
    if present == 1 and channels <= CHANNELS_MAX:
        return np.repeat(samples, channels, axis=1)
    raise SoundError(f"{present} channels can't become {channels}")
