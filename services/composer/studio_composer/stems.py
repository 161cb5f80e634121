"""Stems: FLAC sound tracks of exactly a scene's length, written and read block by block."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples, SoundError, decode

BLOCK_SAMPLES = SAMPLE_RATE_HZ
CUT_SAMPLES = SAMPLE_RATE_HZ * 5 // 1_000
FULL_SCALE = 2**15

Heard = Callable[[Samples], None]
"""Takes each block that is written, as it will decode."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What is heard of a speech on a stem: its file, where it starts and how long it is, in samples.

    `skipped_samples` at its start are not heard; `gain` is linear.
    """

    path: Path
    start_sample: int
    length_samples: int
    skipped_samples: int = 0
    gain: float = 1.0

    def sound(self) -> Samples:
        """Decode what is heard, in mono; where speech is cut off, it fades over 5 ms."""
        whole = decode(self.path, channels=1)
        heard = whole[self.skipped_samples : self.skipped_samples + self.length_samples]
        is_cut = len(heard) < len(whole)
        if not is_cut and self.gain == 1.0:
            return heard
        heard = heard * np.float32(self.gain)
        edge = min(CUT_SAMPLES, len(heard))
        slope = (np.arange(edge, dtype=np.float32) / CUT_SAMPLES)[:, None]
        if self.skipped_samples:
            heard[:edge] *= slope
        if self.skipped_samples + len(heard) < len(whole):
            heard[len(heard) - edge :] *= slope[::-1]
        return heard


class StemWriter:
    """Writes a 48 kHz stereo FLAC file of 16 or 24 bits, which may be heard meanwhile.

    Use as a context manager.
    """

    def __init__(self, path: Path, sample_bits: Literal[16, 24] = 16, heard: Heard | None = None) -> None:
        self._path = path
        self._heard = heard
        self._full_scale = 2 ** (sample_bits - 1)
        self._form = "s16" if sample_bits == 16 else "s32"
        self._written_samples = 0

    def __enter__(self) -> Self:
        self._container = av.open(str(self._path), mode="w", format="flac")
        self._stream = self._container.add_stream("flac", rate=SAMPLE_RATE_HZ)
        self._stream.codec_context.layout = "stereo"
        self._stream.codec_context.format = self._form
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc_type is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def write(self, block: Samples) -> None:
        """Append samples of shape (count, 2); over full scale is clipped."""
        if not len(block):
            return
        steps = np.clip(np.rint(block * self._full_scale), -self._full_scale, self._full_scale - 1)
        if self._heard is not None:
            self._heard(steps.astype(np.float32, copy=False) * np.float32(1 / self._full_scale))
        # FLAC takes 24 bits as the upper ones of 32.
        whole = steps.astype(np.int16) if self._form == "s16" else steps.astype(np.int32) << 8
        packed = np.ascontiguousarray(whole).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, format=self._form, layout="stereo")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = self._written_samples
        self._written_samples += len(block)
        self._container.mux(self._stream.encode(frame))


def write_dialogue(
    path: Path, placements: Sequence[Placement], length_samples: int, heard: Heard | None = None
) -> None:
    """Write the speeches, each at its sample, over silence of `length_samples`; overlaps are added."""
    waiting = sorted(placements, key=lambda placement: placement.start_sample)
    sounding: list[tuple[Placement, Samples]] = []
    with StemWriter(path, heard=heard) as stem:
        for start in range(0, length_samples, BLOCK_SAMPLES):
            stop = min(start + BLOCK_SAMPLES, length_samples)
            while waiting and waiting[0].start_sample < stop:
                placement = waiting.pop(0)
                sounding.append((placement, placement.sound()))
            block = np.zeros((stop - start, 2), np.float32)
            for placement, speech in sounding:
                _add(block, start, placement.start_sample, speech)
            sounding = [(p, s) for p, s in sounding if p.start_sample + p.length_samples > stop]
            stem.write(block)


def write_fitted(path: Path, source: Path | None, length_samples: int, heard: Heard | None = None) -> int:
    """Write a sound cut or padded to `length_samples`, silence without a source.

    A file that is a stem already is copied, and not heard.
    Returns the source's own length in samples (`length_samples` for silence).
    """
    if source is None:
        with StemWriter(path, heard=heard) as stem:
            for start in range(0, length_samples, BLOCK_SAMPLES):
                stem.write(np.zeros((min(BLOCK_SAMPLES, length_samples - start), 2), np.float32))
        return length_samples
    if _is_stem(source, length_samples):
        shutil.copyfile(source, path)
        return length_samples
    own_samples = 0
    with StemWriter(path, heard=heard) as stem:
        for block in stem_blocks(source):
            stem.write(block[: max(0, length_samples - own_samples)])
            own_samples += len(block)
        missing = max(0, length_samples - own_samples)
        stem.write(np.zeros((missing, 2), np.float32))
    return own_samples


def _is_stem(source: Path, length_samples: int) -> bool:
    return stem_samples(source) == length_samples


def stem_samples(source: Path) -> int:
    """How many samples a file has by its header, if it is in the form of a stem; else 0."""
    with _opened(source) as (_, stream):
        context = stream.codec_context
        form = (context.sample_rate, context.format.name, context.layout.name)
        return stream.duration or 0 if form == (SAMPLE_RATE_HZ, "s16", "stereo") else 0


def stem_blocks(path: Path, block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
    """Decode a 48 kHz FLAC file to stereo blocks of shape (block_samples, 2), the last one shorter.

    Raises SoundError for a broken file or another sample rate.
    """
    return in_blocks(_decoded(path), block_samples)


def in_blocks(parts: Iterable[Samples], block_samples: int = BLOCK_SAMPLES) -> Iterator[Samples]:
    """Join and cut a sound's parts to blocks of one length, the last one shorter."""
    held: list[Samples] = []
    count = 0
    for part in parts:
        held.append(part)
        count += len(part)
        while count >= block_samples:
            joined = np.concatenate(held)
            yield joined[:block_samples]
            held = [joined[block_samples:]]
            count -= block_samples
    if count:
        yield np.concatenate(held)


def _decoded(path: Path) -> Iterator[Samples]:
    with _opened(path) as (container, stream):
        if stream.codec_context.sample_rate != SAMPLE_RATE_HZ:
            raise SoundError(f"{stream.codec_context.sample_rate} Hz where {SAMPLE_RATE_HZ} is the form")
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE_HZ)
        for frame in container.decode(stream):
            if (frame.format.name, frame.layout.name) == ("s16", "stereo"):
                yield _scaled(frame)
                continue
            for part in resampler.resample(frame):
                yield part.to_ndarray().reshape(-1, 2).astype(np.float32)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    try:
        with av.open(str(path), mode="r", format="flac") as container:
            yield container, container.streams.audio[0]
    except av.FFmpegError as error:
        raise SoundError(f"unreadable sound: {error}") from error


def _scaled(frame: AudioFrame) -> Samples:
    """What the resampler would make of 16 bits in stereo, at half its price."""
    steps = np.frombuffer(memoryview(frame.planes[0]), np.int16, 2 * frame.samples).reshape(-1, 2)
    scaled: Samples = np.multiply(steps, np.float32(1 / FULL_SCALE), dtype=np.float32)
    return scaled


def _add(block: Samples, block_start: int, start_sample: int, speech: Samples) -> None:
    first = max(block_start, start_sample)
    last = min(block_start + len(block), start_sample + len(speech))
    if first < last:
        block[first - block_start : last - block_start] += speech[first - start_sample : last - start_sample]


def length_of(path: Path) -> int:
    """Return the samples of a FLAC file at 48 kHz, counted by decoding."""
    return sum(len(block) for block in stem_blocks(path))


def ms_of(samples: int) -> int:
    """The milliseconds that so many samples last, rounded."""
    return (samples + 24) // 48
