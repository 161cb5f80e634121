"""The master: a scene's mix at the film's gain under a true-peak ceiling, encoded as AAC."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet
from numpy.typing import NDArray

from studio_composer.bridges import MARGIN_SAMPLES
from studio_composer.ducking import Gains
from studio_composer.limiter import cell_peaks, gains_at, limiting_gains
from studio_composer.lookahead import one_ahead
from studio_composer.loudness import LoudnessMeter, Powers
from studio_composer.mixdown import blocks_of
from studio_composer.splice import Check
from studio_composer.stems import StemWriter, in_blocks
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

PEAK_MAX_DBTP = -1.0
GAIN_MAX_DB = 30.0
AAC_BITS_PER_SECOND = 192_000
# What the encoder cuts off at that rate.
AAC_CUTOFF_HZ = 18_000
_ENCODINGS_MAX = 4
# AAC's quantisation lifts peaks: the limiter leaves it room.
PEAK_ROOM_DB = 0.8
# The AudioSpecificConfig of ISO 14496-3: object type 2, frequency index 3, two channels.
_AAC_LC_48_KHZ_STEREO = bytes((0x11, 0x90))


@dataclass(frozen=True, slots=True)
class Master:
    """What was encoded, as it decodes: the powers of its gating blocks, its true peak and where that is.

    `gains` are those of the limiter, in its cells. The margins are in none of the measures.
    """

    blocks: Powers
    true_peak_dbtp: float
    gains: Gains
    peak_at_sample: int = 0


def ceiling_dbtp(peak_max_dbtp: float) -> float:
    """Where the limiter begins, so that what is decoded stays under a true peak."""
    return peak_max_dbtp - PEAK_ROOM_DB


def encode_master(
    mixed: NDArray[np.float32], gain_db: float, path: Path, check: Check, peak_max_dbtp: float = PEAK_MAX_DBTP
) -> Master:
    """Encode a mix of shape (count, 2) at 48 kHz, with its margins, into an mp4 whose only track is AAC.

    What is encoded is decoded and measured meanwhile, and encoded again under a lower ceiling where its true
    peak passes `peak_max_dbtp`.
    """
    peaks = cell_peaks(block for _, block in blocks_of(mixed))
    check()
    ceiling = ceiling_dbtp(peak_max_dbtp)
    for _ in range(_ENCODINGS_MAX):
        gains = limiting_gains(peaks, 10 ** (gain_db / 20), 10 ** (ceiling / 20))
        packets = encoded_aac((block for _, block in limited(mixed, gains)), path, check)
        master = _measured(decoded_aac(one_ahead(packets)), len(mixed), gains)
        excess_db = master.true_peak_dbtp - peak_max_dbtp
        if excess_db < 0:
            break
        ceiling -= excess_db + 0.1
    return master


def _measured(blocks: Iterator[Samples], count: int, gains: Gains) -> Master:
    meter = LoudnessMeter(with_peaks=True)
    for block in in_blocks(_within(blocks, range(MARGIN_SAMPLES, count - MARGIN_SAMPLES))):
        meter.push(block)
    meter.result()
    return Master(meter.blocks(), meter.true_peak_dbtp, gains, meter.peak_at_sample)


def _within(blocks: Iterator[Samples], kept: range) -> Iterator[Samples]:
    """All blocks are taken; of their samples those that are kept."""
    start = 0
    for block in blocks:
        yield block[max(0, kept.start - start) : max(0, kept.stop - start)]
        start += len(block)


def limited(mixed: NDArray[np.float32], gains: NDArray[np.float32]) -> Iterator[tuple[int, Samples]]:
    """Yield the mix at its cells' gains, as (start sample, block)."""
    for start, block in blocks_of(mixed):
        yield start, block * gains_at(gains, start, len(block))


def write_mix(mixed: NDArray[np.float32], gains: Gains, path: Path, check: Check) -> None:
    """Write a mix at its cells' gains, with its margins, as FLAC of 24 bits."""
    with StemWriter(path, sample_bits=24) as stem:
        for _, block in limited(mixed, gains):
            check()
            stem.write(block)


def encoded_aac(blocks: Iterator[Samples], path: Path, check: Check) -> Iterator[list[bytes]]:
    """Encode stereo blocks at 48 kHz into an mp4 with one AAC track; yields each block's packets.

    The file is complete when the last was taken.
    """
    options = {"movie_timescale": str(SAMPLE_RATE_HZ)}
    with av.open(str(path), mode="w", format="mp4", container_options=options) as container:
        # The two-loop coder takes over twice as long; at this bit rate its gain is small.
        track = container.add_stream("aac", rate=SAMPLE_RATE_HZ, options={"aac_coder": "fast"})
        track.codec_context.layout = "stereo"
        track.codec_context.bit_rate = AAC_BITS_PER_SECOND
        for frame in itertools.chain(_timed_frames(blocks), (None,)):
            check()
            packets = track.encode(frame)
            data = [bytes(packet) for packet in packets]
            container.mux(packets)
            yield data


def decoded_aac(packets: Iterable[list[bytes]]) -> Iterator[Samples]:
    """Decode the packets of `encoded_aac` to stereo blocks of a second, as a player hears them."""
    # The encoder's delay is one frame, which the file's edit list leaves out.
    return in_blocks(itertools.islice(_decoded(packets), 1, None))


def _timed_frames(blocks: Iterator[Samples]) -> Iterator[AudioFrame]:
    at_sample = 0
    for block in blocks:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout="stereo")
        frame.sample_rate = SAMPLE_RATE_HZ
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        frame.pts = at_sample
        at_sample += len(block)
        yield frame


def _decoded(packets: Iterable[list[bytes]]) -> Iterator[Samples]:
    decoder = AudioCodecContext.create("aac", "r")
    decoder.extradata = _AAC_LC_48_KHZ_STEREO
    for data in itertools.chain.from_iterable(packets):
        for frame in decoder.decode(Packet(data)):
            yield np.ascontiguousarray(frame.to_ndarray().T, dtype=np.float32)
