"""The film's file: copied pictures, one AAC track, timed text and chapters in one fast-starting mp4."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.container import OutputContainer
from av.container.core import Flags
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

from studio_composer.captions import Caption
from studio_composer.splice import Check, Piece, Reference, spliced
from studio_composer.subtitle_files import timed_text
from studio_composer.subtitle_styles import PLAIN_HEADER
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.picture import opened

_MS = Fraction(1, 1_000)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the film, in milliseconds."""

    start_ms: int
    end_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class FilmParts:
    """What goes into the file. `audio` is an mp4 with one AAC track.

    `language` is ISO 639-2/T of what is said, `text_language` of the captions.
    """

    pieces: Sequence[Piece]
    audio: Path
    captions: Sequence[Caption]
    chapters: Sequence[Chapter]
    title: str
    author: str
    language: str
    length_ms: int
    text_header: bytes = PLAIN_HEADER
    text_language: str = ""


def write_film(parts: FilmParts, reference: Reference, path: Path, check: Check) -> None:
    """Write the film with its index first, the tracks interleaved by time."""
    options = {
        "movflags": "+faststart",
        "video_track_timescale": str(reference.form.timescale_hz),
        "movie_timescale": str(SAMPLE_RATE_HZ),
    }
    with (
        opened(reference.clip, decoding=True) as (_, video_template),
        av.open(str(parts.audio), mode="r", format="mov") as audio,
        av.open(str(path), mode="w", format="mp4", container_options=options) as film,
    ):
        film.flags |= cast(int, Flags.bitexact.value)
        video_track = film.add_stream_from_template(video_template)
        video_track.time_base = Fraction(1, reference.form.timescale_hz)
        audio_track = film.add_stream_from_template(audio.streams.audio[0])
        audio_track.metadata["language"] = parts.language
        text_track = add_text_track(film, parts.text_language or parts.language, parts.text_header)
        describe(film, parts.title, parts.author, parts.chapters)
        interleaved = heapq.merge(
            timed(spliced(parts.pieces, reference), video_track),
            timed(audio.demux(audio.streams.audio[0]), audio_track),
            timed(text_packets(parts.captions, parts.length_ms), text_track),
            key=lambda timed: timed[0],
        )
        for _, packet in interleaved:
            check()
            film.mux(packet)


def add_text_track(film: OutputContainer, language: str, header: bytes = PLAIN_HEADER) -> Stream:
    """Add a track of timed text; `language` is ISO 639-2/T, `header` ASS that says how it looks."""
    return _add_text(film, "mov_text", language, header)


def add_vtt_track(film: OutputContainer, language: str, header: bytes = PLAIN_HEADER) -> Stream:
    """Add a track of WebVTT, which WebM has in place of timed text; see `add_text_track`."""
    return _add_text(film, "webvtt", language, header)


def _add_text(film: OutputContainer, codec: str, language: str, header: bytes) -> Stream:
    track = cast(SubtitleStream, film.add_stream(codec))
    track.codec_context.subtitle_header = header
    track.codec_context.time_base = _MS
    track.time_base = _MS
    track.metadata["language"] = language
    return track


def describe(film: OutputContainer, title: str, author: str, chapters: Sequence[Chapter]) -> None:
    """Give a file its title, author and chapters."""
    film.metadata["title"] = title
    if author:
        film.metadata["artist"] = author
    film.set_chapters(
        [
            {
                "id": number,
                "start": chapter.start_ms,
                "end": chapter.end_ms,
                "time_base": _MS,
                "metadata": {"title": chapter.title},
            }
            for number, chapter in enumerate(chapters)
        ]
    )


def timed(packets: Iterator[Packet[Any]], track: Stream) -> Iterator[tuple[float, Packet[Any]]]:
    """Yield a track's packets with the second at which each is decoded; all have one time base."""
    time_base: Fraction | None = None
    for packet in packets:
        if packet.dts is None:
            continue
        time_base = time_base or packet.time_base
        packet.stream = track
        # Whole numbers divided once are rounded right: equal times stay equal in every track.
        yield packet.dts * time_base.numerator / time_base.denominator, packet


def text_packets(captions: Sequence[Caption], length_ms: int) -> Iterator[Packet[Any]]:
    """Yield the captions as timed text that lasts `length_ms`."""
    for caption in captions:
        yield _text_packet(caption.start_ms, caption.end_ms, timed_text(caption.lines))
    # An empty sample carries the track to the film's end.
    end_ms = captions[-1].end_ms if captions else 0
    if end_ms < length_ms:
        yield _text_packet(end_ms, length_ms, timed_text(()))


def _text_packet(start_ms: int, end_ms: int, sample: bytes) -> Packet[Any]:
    packet: Packet[Any] = Packet(sample)
    packet.pts = packet.dts = start_ms
    packet.duration = end_ms - start_ms
    packet.time_base = _MS
    return packet
