"""Verification: pictures counted and decoded before they are written, and the written film read back."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from studio_composer.captions import Caption
from studio_composer.defects import FilmFault, time_code
from studio_composer.film_file import Chapter
from studio_composer.inspection import Looker, groups
from studio_composer.looking import looked_at
from studio_composer.mixdown import PACKET_SAMPLES
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Check, Reference
from studio_composer.stretches import PictureFacts, Stretches
from studio_composer.subtitle_files import timed_text
from studio_composer.timeline import Timeline
from studio_composer.trails import Trail
from studio_media.house import SAMPLE_RATE_HZ

_OFFERS_A_FILM = 60
# Of a film that was just written nothing need be decoded to know its tracks (see studio_media.picture).
_HEADER_TELLS_ENOUGH = {"codec_whitelist": "none"}


@dataclass(frozen=True, slots=True)
class TrackLengths:
    """The lengths that the film's tracks declare, seconds."""

    video: Fraction
    audio: Fraction
    text: Fraction


@dataclass(frozen=True, slots=True)
class Counted:
    """The trail of all packets, by which `verify_film` knows them again, and what they show."""

    trail: str
    facts: PictureFacts


def decode_pictures(
    packets: Iterable[Packet[VideoStream]],
    reference: Reference,
    timeline: Timeline,
    poster: PosterChoice,
    shelf: Shelf,
    check: Check,
) -> Counted:
    """Count a scene's pictures, and decode each that is not on the shelf.

    Key pictures within scenes are offered for the poster. Raises FilmFault for a wrong count, a gap in time
    or a picture that can't be decoded.
    """
    trail, stretches = Trail(timeline.rate_hz), Stretches()
    scenes = timeline.scene_frames
    step_frames = max(1, len(scenes) // _OFFERS_A_FILM)
    next_offer = scenes.start
    for group, seen, picture in looked_at(groups(_counted(packets, trail, check)), reference, shelf):
        stretches.add(group.start_frame, seen)
        if group.start_frame in scenes and group.start_frame >= next_offer:
            next_offer = group.start_frame + step_frames
            poster.offer(group.start_frame, seen.score, picture)
    trail.raise_unless_whole(timeline.length_frames)
    return Counted(trail.digest(), stretches.facts())


def count_pictures(
    packets: Iterable[Packet[VideoStream]],
    reference: Reference,
    timeline: Timeline,
    trails: Mapping[str, str],
    shelf: Shelf,
    check: Check,
    progress: Callable[[int], None],
) -> Counted:
    """Count a film's pictures as they will stand in the file.

    The packets of a scene whose trail is given by its role must be those: they were decoded. All others are
    decoded here, and the facts are of these alone. `progress` gets 0 to 100. Raises FilmFault for a wrong
    count, a gap in time, other packets or a picture that can't be decoded.
    """
    whole, looker, stretches = Trail(timeline.rate_hz), Looker(reference, shelf), Stretches()
    known = {scene.role: Trail(timeline.rate_hz) for scene in timeline.scenes if scene.role in trails}
    starts = [scene.start_frame for scene in timeline.scenes]
    for group in groups(_counted(packets, whole, check)):
        progress(min(100, 100 * max(group.frames) // timeline.length_frames))
        in_scene = group.start_frame in timeline.scene_frames
        scene = timeline.scenes[bisect_right(starts, group.start_frame) - 1] if in_scene else None
        if scene is None or scene.role not in known:
            stretches.add(group.start_frame, looker.look(group)[0])
            continue
        for frame, packet in zip(group.frames, group.packets, strict=True):
            known[scene.role].add_at(frame - scene.start_frame, packet)
    whole.raise_unless_whole(timeline.length_frames)
    for role, part in known.items():
        if part.digest() != trails[role]:
            raise FilmFault(f"{role} holds other pictures than were looked at")
    return Counted(whole.digest(), stretches.facts())


def _counted(
    packets: Iterable[Packet[VideoStream]], trail: Trail, check: Check
) -> Iterator[tuple[int, Packet[VideoStream]]]:
    for packet in packets:
        check()
        yield trail.add(packet), packet


@dataclass(frozen=True, slots=True)
class Written:
    """What a film's file must hold: the trail of its pictures, its captions, and its sound as an mp4."""

    trail: str
    captions: Sequence[Caption]
    audio: Path


def verify_film(
    path: Path, timeline: Timeline, reference: Reference, written: Written, check: Check
) -> TrackLengths:
    """Read the written film back: each packet of picture, sound and text must be there, each at its time.

    Raises FilmFault for other packets or times, tracks of unequal length or chapters that differ from what
    was written.
    """
    with av.open(str(path), mode="r", format="mov", container_options=_HEADER_TELLS_ENOUGH) as film:
        lengths = _track_lengths(film)
        frame_length = 1 / timeline.rate_hz
        video_length = timeline.length_frames * frame_length
        for name, length in (("video", lengths.video), ("audio", lengths.audio), ("text", lengths.text)):
            if abs(length - video_length) > frame_length:
                ends = time_code(int(min(length, video_length) * timeline.rate_hz), timeline.rate_hz)
                raise FilmFault(
                    f"the {name} track lasts {float(length)} s, the film {float(video_length)} s: from {ends}"
                )
        _check_chapters(film, timeline.chapters())
        if film.streams.video[0].codec_context.extradata != reference.parameter_sets:
            raise FilmFault("the video track has other parameter sets than its pictures")
        _check_tracks(film, timeline, written, check)
    return lengths


def _check_tracks(film: InputContainer, timeline: Timeline, written: Written, check: Check) -> None:
    """Read all tracks at once, as they lie in the file."""
    pictures, sound, text = _Pictures(timeline.rate_hz), _Sound(timeline.rate_hz), _Text()
    tracks = (film.streams.video[0], film.streams.audio[0], film.streams.subtitles[0])
    takers = dict(zip((track.index for track in tracks), (pictures.add, sound.add, text.add), strict=True))
    for packet in film.demux(*tracks):
        check()
        takers[packet.stream.index](packet)
    pictures.raise_unless_counted(timeline.length_frames, written.trail)
    if sound.digest() != _digest_of_sound(written.audio, timeline.rate_hz, check):
        raise FilmFault("the audio track holds other sound than was joined")
    _check_text(text.found, written.captions, timeline)


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


class _Pictures:
    """The packets of pictures, in decoding order."""

    def __init__(self, rate_hz: Fraction) -> None:
        self._rate_hz = rate_hz
        self._trail = Trail(rate_hz)
        self._decoded_at: int | None = None

    def add(self, packet: Packet[Any]) -> None:
        """Note the next. Raises FilmFault for one that is out of order."""
        if packet.dts is None:
            return
        frame = self._trail.add(packet)
        if self._decoded_at is not None and packet.dts <= self._decoded_at:
            raise FilmFault(f"decoding times go back at {time_code(frame, self._rate_hz)}")
        self._decoded_at = packet.dts

    def raise_unless_counted(self, length_frames: int, trail: str) -> None:
        """Raise FilmFault unless these were all, and those of a trail."""
        self._trail.raise_unless_whole(length_frames)
        if self._trail.digest() != trail:
            raise FilmFault("the video track holds other pictures than were counted, or at other times")


class _Sound:
    """The packets of sound."""

    def __init__(self, rate_hz: Fraction) -> None:
        self._rate_hz = rate_hz
        self._sha256 = hashlib.sha256()
        self._due: int | None = None

    def add(self, packet: Packet[Any]) -> None:
        """Note the next. Raises FilmFault for a gap before it, or sound that is there twice."""
        if packet.pts is None:
            return
        if self._due is not None and packet.pts != self._due:
            frame = max(0, round(packet.pts * self._rate_hz / SAMPLE_RATE_HZ))
            raise FilmFault(f"sound is missing, or there twice, at {time_code(frame, self._rate_hz)}")
        self._due = packet.pts + PACKET_SAMPLES
        self._sha256.update(packet)

    def digest(self) -> bytes:
        """The SHA-256 of all that was added."""
        return self._sha256.digest()


def _digest_of_sound(audio: Path, rate_hz: Fraction, check: Check) -> bytes:
    sound = _Sound(rate_hz)
    with av.open(str(audio), mode="r", format="mov", container_options=_HEADER_TELLS_ENOUGH) as source:
        for packet in source.demux(source.streams.audio[0]):
            check()
            sound.add(packet)
    return sound.digest()


class _Text:
    """The timed texts: when each begins, ms, and its sample."""

    def __init__(self) -> None:
        self.found: list[tuple[int, bytes]] = []

    def add(self, packet: Packet[Any]) -> None:
        """Note the next; an empty one is a pause, and two bytes say how long a text is."""
        if packet.pts is not None and packet.time_base is not None and packet.size > 2:
            self.found.append((round(packet.pts * packet.time_base * 1_000), bytes(packet)))


def _check_text(found: Sequence[tuple[int, bytes]], captions: Sequence[Caption], timeline: Timeline) -> None:
    wanted = [(caption.start_ms, timed_text(caption.lines)) for caption in captions]
    for number in range(max(len(wanted), len(found))):
        due, there = (texts[number] if number < len(texts) else None for texts in (wanted, found))
        if due != there:
            at_ms = min(text[0] for text in (due, there) if text is not None)
            where = time_code(timeline.frame_at(at_ms), timeline.rate_hz)
            raise FilmFault(f"the text track differs from the captions from {where}")
