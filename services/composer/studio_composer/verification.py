"""Verification: the written film read back, every frame decoded, every claim about it checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.stream import Stream
from av.video.frame import VideoFrame

from studio_composer.film_file import Chapter
from studio_composer.poster import PosterChoice
from studio_composer.splice import Check
from studio_media.picture import Planes

_OFFERS_A_FILM = 60


class FilmFault(Exception):
    """What does not hold of a written film, in words for logs."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a film must be. `poster_frames` are the frames outside the cards."""

    frames: int
    rate_hz: Fraction
    chapters: Sequence[Chapter]
    poster_frames: range


@dataclass(frozen=True, slots=True)
class TrackLengths:
    """The lengths that the film's tracks declare, seconds."""

    video: Fraction
    audio: Fraction
    text: Fraction


def verify_film(
    path: Path, expected: Expected, poster: PosterChoice, check: Check, progress: Callable[[int], None]
) -> TrackLengths:
    """Decode the whole film, offering frames for the poster on the way.

    `progress` gets 0 to 100. Raises FilmFault for a wrong frame count, a gap in time, tracks of unequal
    length or chapters that differ from what was written.
    """
    with av.open(str(path), mode="r", format="mov") as film:
        lengths = _track_lengths(film)
        frame_length = 1 / expected.rate_hz
        video_length = expected.frames * frame_length
        for name, length in (("video", lengths.video), ("audio", lengths.audio), ("text", lengths.text)):
            if abs(length - video_length) > frame_length:
                raise FilmFault(f"the {name} track lasts {float(length)} s, the film {float(video_length)} s")
        _check_chapters(film, expected.chapters)
        _check_frames(film, expected, poster, check, progress)
    return lengths


def _track_lengths(film: InputContainer) -> TrackLengths:
    return TrackLengths(
        _length(film.streams.video), _length(film.streams.audio), _length(film.streams.subtitles)
    )


def _length(tracks: Sequence[Stream]) -> Fraction:
    if len(tracks) != 1 or tracks[0].duration is None or tracks[0].time_base is None:
        raise FilmFault(f"{len(tracks)} tracks where one with a length is due")
    return tracks[0].duration * tracks[0].time_base


def _check_chapters(film: InputContainer, chapters: Sequence[Chapter]) -> None:
    found = [_chapter(chapter) for chapter in film.chapters()]
    if found != list(chapters):
        raise FilmFault(f"chapters {found} where {list(chapters)} were written")


def _chapter(found: av.container.core.Chapter) -> Chapter:
    tick_ms = (found["time_base"] or Fraction(0)) * 1_000
    return Chapter(
        round(found["start"] * tick_ms), round(found["end"] * tick_ms), found["metadata"].get("title", "")
    )


def _check_frames(
    film: InputContainer,
    expected: Expected,
    poster: PosterChoice,
    check: Check,
    progress: Callable[[int], None],
) -> None:
    stream = film.streams.video[0]
    stream.thread_type = "AUTO"
    offer_step = max(1, len(expected.poster_frames) // _OFFERS_A_FILM)
    count = 0
    for frame in film.decode(stream):
        check()
        at = Fraction((frame.pts or 0) * Fraction(frame.time_base or 0))
        if at != count / expected.rate_hz:
            raise FilmFault(f"frame {count} shows at {float(at)} s")
        if (
            count in expected.poster_frames
            and (count - expected.poster_frames.start) % offer_step == offer_step // 2
        ):
            poster.offer(count, _planes(frame))
        count += 1
        progress(100 * count // expected.frames)
    if count != expected.frames:
        raise FilmFault(f"{count} frames decode where {expected.frames} are due")


def _planes(frame: VideoFrame) -> Planes:
    stacked = frame.to_ndarray().astype(np.uint8, copy=False)
    width_px, height_px = frame.width, frame.height
    quarter = width_px * height_px // 4
    flat = stacked.reshape(-1)
    u, v = (flat[4 * quarter + index * quarter :][:quarter] for index in range(2))
    half = (height_px // 2, width_px // 2)
    return Planes(
        np.ascontiguousarray(flat[: 4 * quarter].reshape(height_px, width_px)),
        u.reshape(half),
        v.reshape(half),
    )
