"""Verification: pictures counted and decoded before they are written, and the written film read back."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from studio_composer.captions import Caption
from studio_composer.defects import FilmFault, time_code
from studio_composer.film_file import Chapter
from studio_composer.inspection import Looker, PictureFacts, Stretches, groups
from studio_composer.mixdown import PACKET_SAMPLES
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Check, Reference
from studio_composer.subtitle_files import timed_text
from studio_composer.timeline import Timeline
from studio_composer.trails import Trail
from studio_media.house import SAMPLE_RATE_HZ

_OFFERS_A_FILM = 60


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
    trail, looker, stretches = Trail(timeline.rate_hz), Looker(reference, shelf), Stretches()
    scenes = timeline.scene_frames
    step_frames = max(1, len(scenes) // _OFFERS_A_FILM)
    next_offer = scenes.start
    for group in groups(_counted(packets, trail, check)):
        seen, picture = looker.look(group)
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
    with av.open(str(path), mode="r", format="mov") as film:
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
        _check_pictures(film, timeline, reference, written.trail, check)
    with av.open(str(path), mode="r", format="mov") as film:
        _check_sound(film, written.audio, timeline.rate_hz, check)
    with av.open(str(path), mode="r", format="mov") as film:
        _check_text(film, written.captions, timeline)
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
    found = Trail(timeline.rate_hz)
    decoded_at: int | None = None
    for packet in film.demux(track):
        check()
        if packet.dts is None:
            continue
        frame = found.add(packet)
        if decoded_at is not None and packet.dts <= decoded_at:
            raise FilmFault(f"decoding times go back at {time_code(frame, timeline.rate_hz)}")
        decoded_at = packet.dts
    found.raise_unless_whole(timeline.length_frames)
    if found.digest() != trail:
        raise FilmFault("the video track holds other pictures than were counted, or at other times")


def _check_sound(film: InputContainer, audio: Path, rate_hz: Fraction, check: Check) -> None:
    found = _sound_digest(film, rate_hz, check)
    with av.open(str(audio), mode="r", format="mov") as source:
        if found != _sound_digest(source, rate_hz, check):
            raise FilmFault("the audio track holds other sound than was joined")


def _sound_digest(container: InputContainer, rate_hz: Fraction, check: Check) -> bytes:
    """The SHA-256 of a track's packets. Raises FilmFault for a gap between them, or one without sound."""
    sha256, due = hashlib.sha256(), None
    for packet in container.demux(container.streams.audio[0]):
        check()
        if packet.pts is None:
            continue
        frame = max(0, round(packet.pts * rate_hz / SAMPLE_RATE_HZ))
        if due is not None and packet.pts != due:
            raise FilmFault(f"sound is missing, or there twice, at {time_code(frame, rate_hz)}")
        due = packet.pts + PACKET_SAMPLES
        sha256.update(packet)
    return sha256.digest()


def _check_text(film: InputContainer, captions: Sequence[Caption], timeline: Timeline) -> None:
    wanted = [(caption.start_ms, timed_text(caption.lines)) for caption in captions]
    found = [
        (round(packet.pts * packet.time_base * 1_000), bytes(packet))
        for packet in film.demux(film.streams.subtitles[0])
        # Two bytes say how long the text is; an empty one is a pause.
        if packet.pts is not None and packet.time_base is not None and packet.size > 2
    ]
    for number in range(max(len(wanted), len(found))):
        due, there = (texts[number] if number < len(texts) else None for texts in (wanted, found))
        if due != there:
            at_ms = min(text[0] for text in (due, there) if text is not None)
            where = time_code(timeline.frame_at(at_ms), timeline.rate_hz)
            raise FilmFault(f"the text track differs from the captions from {where}")
