"""Loudness over a film's time, as FFmpeg's ebur128 reports it every 100 ms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

SILENCE_LUFS = -70.0


@dataclass(frozen=True, slots=True)
class LoudnessCurve:
    """Seconds of the reports, momentary (400 ms) and short-term (3 s) loudness then, and of the whole."""

    seconds: NDArray[np.float64]
    momentary_lufs: NDArray[np.float64]
    short_term_lufs: NDArray[np.float64]
    integrated_lufs: float


def loudness_curve(film: Path) -> LoudnessCurve:
    """Measure a film's sound. Raises av.FFmpegError."""
    rows: list[tuple[float, float, float, float]] = []
    with av.open(str(film), format="mp4") as container:
        track = container.streams.audio[0]
        graph = Graph()
        source = graph.add_abuffer(template=track)
        meter = graph.add("ebur128", "metadata=1:framelog=quiet")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        for frame in [*container.decode(track), None]:
            source.push(frame)
            rows += _reports(sink)
    table = np.nan_to_num(np.array(rows), nan=SILENCE_LUFS, neginf=SILENCE_LUFS)
    # The last report may be of less than 100 ms, and then says nothing of the whole.
    measured = table[table[:, 3] > SILENCE_LUFS, 3]
    whole_lufs = float(measured[-1]) if measured.size else SILENCE_LUFS
    return LoudnessCurve(table[:, 0], table[:, 1], table[:, 2], whole_lufs)


def _reports(sink: av.filter.context.FilterContext) -> list[tuple[float, float, float, float]]:
    rows: list[tuple[float, float, float, float]] = []
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return rows
        momentary, short_term, integrated = (
            float(frame.metadata.get(f"lavfi.r128.{name}", SILENCE_LUFS)) for name in ("M", "S", "I")
        )
        rows.append((float(frame.time or 0.0), momentary, short_term, integrated))
