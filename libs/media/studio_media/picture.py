"""Clips in the house form: written frame by frame, and read as facts, frames or packets.

Files are opened by explicit format only: FFmpeg's probing would let a file pass for another kind.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from studio_media.house import HOUSE_PICTURE, PictureForm, PictureProfile

Plane = NDArray[np.uint8]
Source = Path | bytes
# FFmpeg decodes some pictures of each file that it opens, for little that an mp4's header leaves out: 18 ms
# where it takes under one. A decoder that it may not have it does not ask.
_HEADER_TELLS_ENOUGH = {"codec_whitelist": "none"}


class ClipError(ValueError):
    """A clip that is broken, too short or too long, or not in the expected form."""


@dataclass(frozen=True, slots=True)
class Planes:
    """One yuv420p picture, BT.709 in studio range.

    `y` is (height, width), `u` and `v` are (height / 2, width / 2), all uint8.
    """

    y: Plane
    u: Plane
    v: Plane


def planes_from_rgb(rgb: NDArray[np.uint8]) -> Planes:
    """Convert an RGB picture of shape (height, width, 3), both sides even, by BT.709."""
    return _copied_planes(_yuv_frame(rgb))


def rgb_from_planes(planes: Planes) -> NDArray[np.uint8]:
    """Convert a BT.709 picture back to RGB of shape (height, width, 3)."""
    height_px, width_px = planes.y.shape
    frame = VideoFrame(width_px, height_px, HOUSE_PICTURE.pixel_format)
    _fill(frame, planes)
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.ascontiguousarray(rgb.to_ndarray(), dtype=np.uint8)


class ClipWriter:
    """Encodes one clip of exactly `form.length_frames` frames into an mp4 file, or into memory.

    Use as a context manager; the file is complete, and `data` readable, after the block. A block left
    by an exception leaves no file. Raises ClipError for a frame of another size or a wrong count.
    """

    def __init__(
        self, form: PictureForm, path: Path | None = None, *, profile: PictureProfile = HOUSE_PICTURE
    ) -> None:
        self._form = form
        self._path = path
        self._profile = profile
        self._idr_frames = profile.idr_frames(form.length_frames)
        self._memory = io.BytesIO()
        self._data: bytes | None = None
        self._written_frames = 0

    def __enter__(self) -> Self:
        self._container = av.open(
            self._memory if self._path is None else str(self._path),
            mode="w",
            format="mp4",
            container_options={"video_track_timescale": str(self._form.timescale_hz)},
        )
        self._stream = self._container.add_stream(
            "libx264", rate=self._form.rate_hz, options=self._profile.options()
        )
        _configure(self._stream, self._form, self._profile)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        complete = False
        try:
            if exc_type is None:
                self._finish()
                complete = True
        finally:
            self._container.close()
            if not complete and self._path is not None:
                self._path.unlink(missing_ok=True)
        if self._path is None:
            self._data = self._memory.getvalue()

    @property
    def written_frames(self) -> int:
        """Frames taken so far."""
        return self._written_frames

    @property
    def data(self) -> bytes:
        """The finished mp4 of a writer without a path; ClipError before the end of the block."""
        if self._data is None:
            raise ClipError("the clip is not finished, or was written to a file")
        return self._data

    def write_planes(self, y: Plane, u: Plane, v: Plane) -> None:
        """Encode one yuv420p picture, BT.709 in studio range; shapes as in Planes."""
        frame = VideoFrame(self._form.width_px, self._form.height_px, self._profile.pixel_format)
        _fill(frame, Planes(y, u, v))
        self._write(frame)

    def write_painted(self, paint: Callable[[Planes], None]) -> None:
        """Encode one picture, painted over all of the planes that `paint` is given."""
        frame = VideoFrame(self._form.width_px, self._form.height_px, self._profile.pixel_format)
        paint(Planes(*(_plane_view(frame, index) for index in range(3))))
        self._write(frame)

    def write_rgb(self, rgb: NDArray[np.uint8]) -> None:
        """Encode one RGB picture of shape (height, width, 3), converted by BT.709."""
        expected = (self._form.height_px, self._form.width_px, 3)
        if rgb.shape != expected:
            raise ClipError(f"a picture of {rgb.shape} where {expected} is the form")
        self._write(_yuv_frame(rgb))

    def _write(self, frame: VideoFrame) -> None:
        if self._written_frames >= self._form.length_frames:
            raise ClipError(f"more than {self._form.length_frames} frames")
        frame.pts = self._written_frames
        frame.time_base = 1 / self._form.rate_hz
        forced = self._written_frames in self._idr_frames
        frame.pict_type = PictureType.I if forced else PictureType.NONE
        self._container.mux(self._stream.encode(frame))
        self._written_frames += 1

    def _finish(self) -> None:
        if self._written_frames != self._form.length_frames:
            raise ClipError(f"{self._written_frames} frames where {self._form.length_frames} were ordered")
        self._container.mux(self._stream.encode())


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a clip's header says. `parameter_sets` is the avcC record with SPS and PPS."""

    codec: str
    width_px: int
    height_px: int
    rate_hz: Fraction
    time_base: Fraction
    frames: int
    parameter_sets: bytes
    colour: tuple[int, int, int, int]

    @property
    def is_house_colour(self) -> bool:
        """Whether range, primaries, transfer and matrix are tagged as BT.709 in studio range."""
        return self.colour == _HOUSE_COLOUR


def probe(source: Source) -> ClipFacts:
    """Read a clip's header. Raises ClipError when it is no mp4 with one video track."""
    with opened(source) as (container, stream):
        context = stream.codec_context
        if context.color_range == ColorRange.UNSPECIFIED:  # a decoded frame may tell
            next(container.decode(stream), None)
        return ClipFacts(
            codec=context.name,
            width_px=context.width,
            height_px=context.height,
            rate_hz=Fraction(stream.average_rate or 0),
            time_base=Fraction(stream.time_base or 0),
            frames=stream.frames,
            parameter_sets=context.extradata or b"",
            colour=(
                int(context.color_range),
                int(context.color_primaries),
                int(context.color_trc),
                int(context.colorspace),
            ),
        )


def frames(source: Source, start_frame: int = 0, stop_frame: int | None = None) -> Iterator[Planes]:
    """Decode the frames [start_frame, stop_frame) in order, seeking to the key frame before them.

    The planes are copies. Raises ClipError when the clip ends before `stop_frame` or is broken.
    """
    with opened(source) as (container, stream):
        ticks = _ticks_per_frame(stream)
        stop = stream.frames if stop_frame is None else stop_frame
        if start_frame:
            container.seek(start_frame * ticks, stream=stream)
        expected = start_frame
        for frame in container.decode(stream):
            index = round((frame.pts or 0) / ticks)
            if index < start_frame:
                continue
            if expected >= stop:
                return
            if index != expected:
                raise ClipError(f"frame {index} follows where {expected} was due")
            yield _copied_planes(frame)
            expected += 1
        if expected < stop:
            raise ClipError(f"the clip ends at frame {expected} of {stop}")


def packets(source: Source) -> Iterator[Packet[VideoStream]]:
    """Demux a clip's packets in decoding order, with times in the stream's time base."""
    with opened(source) as (container, stream):
        for packet in container.demux(stream):
            if packet.dts is not None:
                yield packet


@contextmanager
def opened(source: Source, *, decoding: bool = False) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open an mp4's only video track; ClipError when it can't be read as that.

    By `decoding` the track is known with what its pictures alone tell: a template of others needs it.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        options = {} if decoding else _HEADER_TELLS_ENOUGH
        with av.open(file, mode="r", format="mov", container_options=options) as container:
            if len(container.streams.video) != 1:
                raise ClipError(f"{len(container.streams.video)} video tracks where one was expected")
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            yield container, stream
    except av.FFmpegError as error:
        raise ClipError(f"unreadable clip: {error}") from error


_HOUSE_COLOUR = (
    int(ColorRange.MPEG),
    int(ColorPrimaries.BT709),
    int(ColorTrc.BT709),
    int(Colorspace.ITU709),
)


def _configure(stream: VideoStream, form: PictureForm, profile: PictureProfile) -> None:
    stream.time_base = Fraction(1, form.timescale_hz)
    context = stream.codec_context
    context.width = form.width_px
    context.height = form.height_px
    context.pix_fmt = profile.pixel_format
    context.time_base = 1 / form.rate_hz
    context.framerate = form.rate_hz
    context.gop_size = profile.gop_frames
    context.thread_count = profile.encoder_threads
    context.sample_aspect_ratio = Fraction(1, 1)
    context.color_range, context.color_primaries, context.color_trc, context.colorspace = _HOUSE_COLOUR


def _ticks_per_frame(stream: VideoStream) -> int:
    if not stream.average_rate or not stream.time_base:
        raise ClipError("the clip has no frame rate")
    return round(1 / (stream.average_rate * stream.time_base))


def _yuv_frame(rgb: NDArray[np.uint8]) -> VideoFrame:
    # swscale's own default is BT.601.
    return VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24").reformat(
        format=HOUSE_PICTURE.pixel_format,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
    )


def _plane_view(frame: VideoFrame, index: int) -> Plane:
    # Lines are padded for alignment: the view covers the picture alone.
    plane = frame.planes[index]
    lines: Plane = np.asarray(memoryview(plane)).view(np.uint8)
    return lines.reshape(plane.height, plane.line_size)[:, : plane.width]


def _copied_planes(frame: VideoFrame) -> Planes:
    if frame.format.name != HOUSE_PICTURE.pixel_format:
        raise ClipError(f"a picture in {frame.format.name} where {HOUSE_PICTURE.pixel_format} is the form")
    return Planes(*(_plane_view(frame, index).copy() for index in range(3)))


def _fill(frame: VideoFrame, planes: Planes) -> None:
    for index, plane in enumerate((planes.y, planes.u, planes.v)):
        view = _plane_view(frame, index)
        if view.shape != plane.shape:
            raise ClipError(f"a plane of {plane.shape} where {view.shape} is the form")
        view[...] = plane
