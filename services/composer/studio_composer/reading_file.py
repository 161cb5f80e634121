"""A table read's file: AAC, timed text, chapters and the whole text as lyrics in one fast-starting M4A."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
from av.container.core import Flags

from studio_composer.captions import Caption, Cue
from studio_composer.film_file import Chapter, add_text_track, describe, text_packets, timed
from studio_composer.splice import Check
from studio_media.house import SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class ReadingParts:
    """What goes into the file. `audio` is an mp4 with one AAC track; `language` is ISO 639-2/T."""

    audio: Path
    captions: Sequence[Caption]
    cues: Sequence[Cue]
    chapters: Sequence[Chapter]
    title: str
    author: str
    language: str
    length_ms: int


def write_reading(parts: ReadingParts, path: Path, check: Check) -> None:
    """Write the file with its index first, sound and text interleaved by time."""
    options = {"movflags": "+faststart", "movie_timescale": str(SAMPLE_RATE_HZ)}
    with (
        av.open(str(parts.audio), mode="r", format="mov") as audio,
        av.open(str(path), mode="w", format="ipod", container_options=options) as file,
    ):
        file.flags |= cast(int, Flags.bitexact.value)
        track = file.add_stream_from_template(audio.streams.audio[0])
        track.metadata["language"] = parts.language
        texts = add_text_track(file, parts.language)
        describe(file, parts.title, parts.author, parts.chapters)
        file.metadata["lyrics"] = "\n".join(_spoken(cue) for cue in parts.cues)
        interleaved = heapq.merge(
            timed(audio.demux(audio.streams.audio[0]), track),
            timed(text_packets(parts.captions, parts.length_ms), texts),
            key=lambda at_packet: at_packet[0],
        )
        for _, packet in interleaved:
            check()
            file.mux(packet)


def lyrics(cues: Sequence[Cue], chapters: Sequence[Chapter], title: str, author: str) -> str:
    """Return the lines with their times as LRC, each scene's heading above its lines; UTF-8 once encoded."""
    marks = [(chapter.start_ms, 0, f"— {chapter.title}") for chapter in chapters]
    marks += [(cue.start_ms, 1, _spoken(cue)) for cue in cues]
    lines = [f"[ti:{_one_line(title)}]"]
    if author:
        lines.append(f"[ar:{_one_line(author)}]")
    lines += [f"[{_time(at_ms)}]{_one_line(text)}" for at_ms, _, text in sorted(marks)]
    return "\n".join(lines) + "\n"


def _spoken(cue: Cue) -> str:
    return f"{cue.character}: {_one_line(cue.text)}"


def _one_line(text: str) -> str:
    # A bracket at a line's start is a time in LRC.
    return " ".join(text.split()).replace("[", "(").replace("]", ")")


def _time(at_ms: int) -> str:
    minutes, ms = divmod(at_ms, 60_000)
    return f"{minutes:02d}:{ms // 1000:02d}.{ms % 1000 // 10:02d}"
