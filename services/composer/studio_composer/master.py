"""The master: a mix brought to its loudness under a true-peak ceiling, and encoded once as AAC."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet
from numpy.typing import NDArray

from studio_composer.forecast import LoudnessForecast
from studio_composer.limiter import cell_peaks, gains_at, limiting_gains
from studio_composer.loudness import PeakLoudness, measured
from studio_composer.mixdown import blocks_of
from studio_composer.splice import Check
from studio_composer.stems import in_blocks
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples

PEAK_MAX_DBTP = -1.0
TOLERANCE_LU = 0.3
GAIN_MAX_DB = 30.0
AAC_BITS_PER_SECOND = 192_000
_ROUNDS_MAX = 8
_ENCODINGS_MAX = 4
# AAC's quantisation lifts peaks: the limiter leaves it room.
_HEADROOM_DB = 0.8
# The AudioSpecificConfig of ISO 14496-3: object type 2, frequency index 3, two channels.
_AAC_LC_48_KHZ_STEREO = bytes((0x11, 0x90))

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Master:
    """What was encoded: the gain that was given, and the encoded sound as it decodes."""

    gain_db: float
    decoded: PeakLoudness


def encode_master(mixed: NDArray[np.float32], target_lufs: float, path: Path, check: Check) -> Master:
    """Encode a mix of shape (count, 2) at 48 kHz into an mp4 whose only track is AAC of exactly its length.

    What is encoded is decoded and measured meanwhile, and encoded again where it misses the target by 0.3 LU
    or its true peak passes -1 dBTP.
    Silence, and a film under 0.4 s, keep their level; the gain is at most 30 dB.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="peaks") as pool:
        peaking = pool.submit(cell_peaks, (block for _, block in blocks_of(mixed)))
        forecast = LoudnessForecast(block for _, block in blocks_of(mixed))
    peaks = peaking.result()
    check()
    ceiling_dbtp = PEAK_MAX_DBTP - _HEADROOM_DB
    aimed_lufs = target_lufs
    for _ in range(_ENCODINGS_MAX):
        gain_db, gains = _fitted(forecast, peaks, aimed_lufs, ceiling_dbtp)
        packets = encoded_aac((block for _, block in limited(mixed, gains)), path, check)
        decoded = measured(decoded_aac(_one_ahead(packets)))
        excess_db = decoded.true_peak_dbtp - PEAK_MAX_DBTP
        error_lu = 0.0 if decoded.is_silent else target_lufs - decoded.integrated_lufs
        if excess_db < 0 and (abs(error_lu) < TOLERANCE_LU or gain_db >= GAIN_MAX_DB):
            break
        ceiling_dbtp -= max(0.0, excess_db + 0.1)
        # AAC drops the highest frequencies, which matters for noise such as rain.
        aimed_lufs += error_lu
    return Master(gain_db, decoded)


def limited(mixed: NDArray[np.float32], gains: NDArray[np.float32]) -> Iterator[tuple[int, Samples]]:
    """Yield the mix at its cells' gains, as (start sample, block)."""
    for start, block in blocks_of(mixed):
        yield start, block * gains_at(gains, start, len(block))


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


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the items, with the next one made on another thread meanwhile."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def _fitted(
    forecast: LoudnessForecast, peaks: NDArray[np.float32], target_lufs: float, ceiling_dbtp: float
) -> tuple[float, NDArray[np.float32]]:
    """Return the gain that meets the target after limiting, found by forecast and correction."""
    ceiling = 10 ** (ceiling_dbtp / 20)
    gain_db = 0.0
    gains = limiting_gains(peaks, 1.0, ceiling)
    for _ in range(_ROUNDS_MAX):
        loudness = forecast.under(gains)
        if loudness.is_silent:
            break
        error_lu = target_lufs - loudness.integrated_lufs
        corrected_db = min(GAIN_MAX_DB, gain_db + error_lu)
        if abs(error_lu) < TOLERANCE_LU / 6 or math.isclose(corrected_db, gain_db):
            break
        gain_db = corrected_db
        gains = limiting_gains(peaks, 10 ** (gain_db / 20), ceiling)
    return gain_db, gains
