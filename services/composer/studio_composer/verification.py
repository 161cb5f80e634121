"""Verification: pictures counted before they are written, and the written film read back and compared."""

from __future__ import annotations

import hashlib
import itertools
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from studio_composer.film_file import Chapter
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Key, Shelf
from studio_composer.splice import Check, Reference
from studio_composer.timeline import Timeline
from studio_media.picture import Planes

_OFFERS_A_FILM = 60
_SCORE = struct.Struct(">d")


class FilmFault(Exception):
    """What does not hold of a written film, in words for logs."""


@dataclass(frozen=True, slots=True)
class TrackLengths:
    """The lengths that the film's tracks declare, seconds."""

    video: Fraction
    audio: Fraction
    text: Fraction


def decode_pictures(
    packets: Iterable[Packet[VideoStream]],
    reference: Reference,
    timeline: Timeline,
    poster: PosterChoice,
    shelf: Shelf,
    check: Check,
) -> str:
    """Count a scene's pictures, and decode those at which a player can enter.

    Pictures between two of these were encoded with them and pass bit by bit, so they decode where these do.
    One that is on the shelf did so before. Those within scenes are offered for the poster.
    Returns the trail of all packets, by which `verify_film` knows them again.
    Raises FilmFault for a wrong count, a gap in time or a key picture that can't be decoded.
    """
    trail = _Trail(timeline.rate_hz)
    keys = _KeyPictures(timeline, reference, poster, shelf)

    def unknown() -> Iterator[Packet[VideoStream]]:
        for packet in packets:
            check()
            frame = trail.add(packet)
            if packet.is_keyframe and not keys.is_known(frame, packet):
                yield packet

    for picture in _decoded(unknown(), reference):
        keys.learn((picture.pts or 0) // reference.ticks_per_frame, picture)
    trail.raise_unless_whole(timeline.length_frames)
    return trail.digest()


def count_pictures(
    packets: Iterable[Packet[VideoStream]],
    reference: Reference,
    timeline: Timeline,
    trails: Mapping[str, str],
    check: Check,
    progress: Callable[[int], None],
) -> str:
    """Count a film's pictures as they will stand in the file; returns the trail of all packets.

    The packets of a scene whose trail is given by its role must be those: they were decoded. Of the others
    the key pictures are decoded. `progress` gets 0 to 100. Raises FilmFault for a wrong count, a gap in time,
    other packets or a key picture that can't be decoded.
    """
    whole = _Trail(timeline.rate_hz)
    known = {scene.role: _Trail(timeline.rate_hz) for scene in timeline.scenes if scene.role in trails}
    starts = [scene.start_frame for scene in timeline.scenes]

    def unknown() -> Iterator[Packet[VideoStream]]:
        for count, packet in enumerate(packets, start=1):
            check()
            frame = whole.add(packet)
            progress(min(100, 100 * count // timeline.length_frames))
            in_scene = frame in timeline.scene_frames
            scene = timeline.scenes[bisect_right(starts, frame) - 1] if in_scene else None
            if scene is not None and scene.role in known:
                known[scene.role].add_at(frame - scene.start_frame, packet)
            elif packet.is_keyframe:
                yield packet

    for _ in _decoded(unknown(), reference):
        pass
    whole.raise_unless_whole(timeline.length_frames)
    for role, part in known.items():
        if part.digest() != trails[role]:
            raise FilmFault(f"{role} holds other pictures than were looked at")
    return whole.digest()


def verify_film(
    path: Path, timeline: Timeline, reference: Reference, trail: str, check: Check
) -> TrackLengths:
    """Read the written film back: its pictures must be those that were counted, each at its time.

    Raises FilmFault for other pictures, tracks of unequal length or chapters that differ from what was
    written.
    """
    with av.open(str(path), mode="r", format="mov") as film:
        lengths = _track_lengths(film)
        frame_length = 1 / timeline.rate_hz
        video_length = timeline.length_frames * frame_length
        for name, length in (("video", lengths.video), ("audio", lengths.audio), ("text", lengths.text)):
            if abs(length - video_length) > frame_length:
                raise FilmFault(f"the {name} track lasts {float(length)} s, the film {float(video_length)} s")
        _check_chapters(film, timeline.chapters())
        _check_pictures(film, timeline, reference, trail, check)
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


def _check_pictures(
    film: InputContainer, timeline: Timeline, reference: Reference, trail: str, check: Check
) -> None:
    track = film.streams.video[0]
    if track.codec_context.extradata != reference.parameter_sets:
        raise FilmFault("the video track has other parameter sets than its pictures")
    found = _Trail(timeline.rate_hz)
    for packet in film.demux(track):
        check()
        if packet.dts is not None:
            found.add(packet)
    if found.digest() != trail:
        raise FilmFault("the video track holds other pictures than were counted, or at other times")


class _Trail:
    """The SHA-256 of packets in decoding order, each with the frame that it shows, and what they show.

    All packets have the time base of the first.
    """

    def __init__(self, rate_hz: Fraction) -> None:
        self._rate_hz = rate_hz
        self._frames_a_tick: Fraction | None = None
        self._sha256 = hashlib.sha256()
        self._shown_frames = 0
        self._ahead: set[int] = set()

    def add(self, packet: Packet[VideoStream]) -> int:
        """Note a packet, and return the frame that it shows.

        Raises FilmFault for one without a time, or between two frames.
        """
        if packet.pts is None:
            raise FilmFault("a picture without a time")
        ratio = self._frames_a_tick or self._ratio(packet)
        frame, rest = divmod(packet.pts * ratio.numerator, ratio.denominator)
        if rest:
            raise FilmFault(f"a picture shows at frame {float(packet.pts * ratio)}")
        self.add_at(frame, packet)
        return frame

    def _ratio(self, packet: Packet[VideoStream]) -> Fraction:
        if packet.time_base is None:
            raise FilmFault("a picture without a time")
        self._frames_a_tick = packet.time_base * self._rate_hz
        return self._frames_a_tick

    def add_at(self, frame: int, packet: Packet[VideoStream]) -> None:
        """Note a packet that shows this frame."""
        self._sha256.update(struct.pack(">qQ", frame, packet.size))
        self._sha256.update(packet)
        self._ahead.add(frame)
        while self._shown_frames in self._ahead:
            self._ahead.remove(self._shown_frames)
            self._shown_frames += 1

    def raise_unless_whole(self, length_frames: int) -> None:
        """Raise FilmFault unless the packets showed each frame from 0 up to `length_frames`."""
        if self._ahead:
            raise FilmFault(f"no picture shows at frame {self._shown_frames}")
        if self._shown_frames != length_frames:
            raise FilmFault(f"{self._shown_frames} pictures where {length_frames} are due")

    def digest(self) -> str:
        """The digest, in hexadecimal digits."""
        return self._sha256.hexdigest()


class _KeyPictures:
    """The key pictures of scenes as they come: those known from before, and those that are decoded."""

    def __init__(self, timeline: Timeline, reference: Reference, poster: PosterChoice, shelf: Shelf) -> None:
        self._scenes = timeline.scene_frames
        self._offer_step = max(1, len(self._scenes) // _OFFERS_A_FILM)
        self._next_offer = self._scenes.start
        self._parameter_sets = reference.parameter_sets
        self._poster = poster
        self._shelf = shelf
        self._unknown: dict[int, tuple[Key, bool]] = {}

    def is_known(self, frame: int, packet: Packet[VideoStream]) -> bool:
        """Whether it was decoded before, and judged if it is one to offer; else `learn` is due."""
        is_offered = frame in self._scenes and frame >= self._next_offer
        if is_offered:
            self._next_offer = frame + self._offer_step
        key = ("key picture", self._parameter_sets, hashlib.sha256(packet).digest())
        known = self._shelf.find(key)
        if known is None or (is_offered and not known):
            self._unknown[frame] = key, is_offered
            return False
        if is_offered:
            self._poster.offer_score(frame, _SCORE.unpack(known)[0])
        return True

    def learn(self, frame: int, picture: VideoFrame) -> None:
        """Note that a picture was decoded."""
        key, is_offered = self._unknown.pop(frame)
        score = self._poster.offer(frame, _planes(picture)) if is_offered else None
        self._shelf.keep(key, b"" if score is None else _SCORE.pack(score))


def _decoded(keys: Iterable[Packet[VideoStream]], reference: Reference) -> Iterator[VideoFrame]:
    decoder = VideoCodecContext.create("h264", "r")
    decoder.extradata = reference.parameter_sets
    decoder.thread_count = 1
    # Without it the decoder conceals what it can't read.
    decoder.options = {"err_detect": "explode"}
    given = decoded = 0
    try:
        for packet in itertools.chain(keys, (None,)):
            given += packet is not None
            for frame in decoder.decode(packet):
                decoded += 1
                yield frame
    except av.InvalidDataError as error:
        raise FilmFault(f"a picture can't be decoded: {error}") from error
    if decoded != given:
        raise FilmFault(f"{decoded} of {given} key pictures decode")


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
