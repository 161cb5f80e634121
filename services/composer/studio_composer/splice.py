"""Splicing: pictures joined by copying packets, with single frames encoded again only at joints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.stream import VideoStream

from studio_media.house import HOUSE_PICTURE, PictureForm, PictureProfile
from studio_media.picture import ClipError, ClipWriter, Planes, Source, frames, opened, packets, probe

# x264 with a B frame gives a picture one frame before it shows; so it is in every house clip.
REORDER_DELAY_FRAMES = 1
_REFERENCE_FRAMES = 4

Check = Callable[[], None]


class StandingProfile(PictureProfile):
    """The house profile for what stands still: motion is hardly looked for, at four fifths of the price."""

    def options(self) -> dict[str, str]:
        """See PictureProfile; the parameter sets are the same."""
        options = super().options()
        return {**options, "x264-params": f"{options['x264-params']}:me=dia:subme=0"}


STANDING_PICTURE = StandingProfile()


@dataclass(frozen=True, slots=True)
class Piece:
    """The frames [start_frame, stop_frame) of a house clip; both ends stand at an IDR picture or an end."""

    source: Source
    start_frame: int
    stop_frame: int

    @property
    def length_frames(self) -> int:
        """How many frames the piece holds."""
        return self.stop_frame - self.start_frame


@dataclass(frozen=True, slots=True)
class Reference:
    """A tiny black clip in the house profile: the pattern of every track and of its parameter sets."""

    form: PictureForm
    clip: bytes
    parameter_sets: bytes

    @property
    def ticks_per_frame(self) -> int:
        """Ticks of the track's time base that one frame lasts."""
        return self.form.timescale_hz * self.form.rate_denominator // self.form.rate_numerator


@lru_cache(maxsize=8)
def reference_for(width_px: int, height_px: int, rate_numerator: int, rate_denominator: int) -> Reference:
    """Encode the reference of one size and rate. Raises FormError for a size or rate out of bounds."""
    form = PictureForm(width_px, height_px, rate_numerator, rate_denominator, _REFERENCE_FRAMES)
    black = Planes(
        np.full((height_px, width_px), 16, np.uint8),
        np.full((height_px // 2, width_px // 2), 128, np.uint8),
        np.full((height_px // 2, width_px // 2), 128, np.uint8),
    )
    with ClipWriter(form) as writer:
        for _ in range(_REFERENCE_FRAMES):
            writer.write_planes(black.y, black.u, black.v)
    return Reference(form, writer.data, probe(writer.data).parameter_sets)


def conforming(
    source: Source, length_frames: int, reference: Reference, path: Path, check: Check
) -> tuple[Source, bool]:
    """Return a source that joins by packet copy, and whether it had to be encoded again, into `path`.

    Raises ClipError when the clip has another length, size or rate.
    """
    facts = probe(source)
    form = reference.form
    if (facts.width_px, facts.height_px) != (form.width_px, form.height_px):
        raise ClipError(f"{facts.width_px}x{facts.height_px} where {form.width_px}x{form.height_px} is due")
    if facts.rate_hz != form.rate_hz and facts.frames > 1:
        raise ClipError(f"{facts.rate_hz} frames a second where {form.rate_hz} are due")
    if facts.frames != length_frames:
        raise ClipError(f"{facts.frames} frames where {length_frames} are due")
    if facts.parameter_sets == reference.parameter_sets and facts.time_base == 1 / _timescale(reference):
        return source, False
    encode(frames(source), length_frames, reference, path, check)
    return path, True


def encode(
    pictures: Iterable[Planes],
    length_frames: int,
    reference: Reference,
    path: Path,
    check: Check,
    profile: PictureProfile = HOUSE_PICTURE,
) -> None:
    """Encode pictures in the house profile, or one that joins to it; `check` is called before each."""
    form = reference.form
    whole = PictureForm(
        form.width_px, form.height_px, form.rate_numerator, form.rate_denominator, length_frames
    )
    with ClipWriter(whole, path, profile=profile) as writer:
        for picture in pictures:
            check()
            writer.write_planes(picture.y, picture.u, picture.v)
    if probe(path).parameter_sets != reference.parameter_sets:
        raise ClipError("the encoder gave other parameter sets than its reference")


def key_frames(source: Source, reference: Reference) -> list[int]:
    """Return the frames at which a clip can be cut, in order."""
    ticks = reference.ticks_per_frame
    return sorted(round((packet.pts or 0) / ticks) for packet in packets(source) if packet.is_keyframe)


def spliced(pieces: Sequence[Piece], reference: Reference) -> Iterator[Packet[VideoStream]]:
    """Yield the packets of the pieces one after another, timed gap-free from 0 in decoding order.

    Raises ClipError when a piece holds other frames than it says or is reordered too far.
    """
    ticks, time_base = reference.ticks_per_frame, 1 / _timescale(reference)
    start_frame = 0
    for piece in pieces:
        copied = 0
        for packet in packets(piece.source):
            frame = round((packet.pts or 0) / ticks) - piece.start_frame
            if not 0 <= frame < piece.length_frames:
                continue
            if copied - REORDER_DELAY_FRAMES > frame:
                raise ClipError(f"frame {frame} is decoded after it shows")
            packet.pts = (start_frame + frame) * ticks
            packet.dts = (start_frame + copied - REORDER_DELAY_FRAMES) * ticks
            packet.duration = ticks
            packet.time_base = time_base
            copied += 1
            yield packet
        if copied != piece.length_frames:
            raise ClipError(f"a piece of {copied} frames where {piece.length_frames} are due")
        start_frame += piece.length_frames


def write_picture(pieces: Sequence[Piece], reference: Reference, path: Path, check: Check) -> None:
    """Write the pieces as one mp4 with a single video track."""
    options = {"video_track_timescale": str(reference.form.timescale_hz)}
    with (
        opened(reference.clip, decoding=True) as (_, template),
        av.open(str(path), mode="w", format="mp4", container_options=options) as container,
    ):
        track = container.add_stream_from_template(template)
        track.time_base = 1 / _timescale(reference)
        for packet in spliced(pieces, reference):
            check()
            packet.stream = track
            container.mux(packet)


def _timescale(reference: Reference) -> Fraction:
    return Fraction(reference.form.timescale_hz)
