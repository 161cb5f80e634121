"""Trails: the packets of a picture in the order in which they decode, by which they are known again."""

from __future__ import annotations

import hashlib
import struct
from fractions import Fraction

from av.packet import Packet
from av.video.stream import VideoStream

from studio_composer.defects import FilmFault, time_code


class Trail:
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

        Raises FilmFault for one without a time, between two frames, or at a frame that another shows.
        """
        if packet.pts is None:
            raise FilmFault(f"a picture has no time, after {self._code(self._shown_frames)}")
        ratio = self._frames_a_tick or self._ratio(packet)
        frame, rest = divmod(packet.pts * ratio.numerator, ratio.denominator)
        if rest:
            raise FilmFault(f"a picture shows between two frames, after {self._code(frame)}")
        self.add_at(frame, packet)
        return frame

    def _ratio(self, packet: Packet[VideoStream]) -> Fraction:
        if packet.time_base is None:
            raise FilmFault("a picture has no time base")
        self._frames_a_tick = packet.time_base * self._rate_hz
        return self._frames_a_tick

    def add_at(self, frame: int, packet: Packet[VideoStream]) -> None:
        """Note a packet that shows this frame."""
        if frame < self._shown_frames or frame in self._ahead:
            raise FilmFault(f"two pictures show at {self._code(frame)}")
        self._sha256.update(struct.pack(">qQ", frame, packet.size))
        self._sha256.update(packet)
        self._ahead.add(frame)
        while self._shown_frames in self._ahead:
            self._ahead.remove(self._shown_frames)
            self._shown_frames += 1

    def raise_unless_whole(self, length_frames: int) -> None:
        """Raise FilmFault unless the packets showed each frame from 0 up to `length_frames`."""
        if self._ahead:
            raise FilmFault(f"no picture shows at {self._code(self._shown_frames)}")
        if self._shown_frames != length_frames:
            where = self._code(min(self._shown_frames, length_frames))
            raise FilmFault(f"{self._shown_frames} pictures where {length_frames} are due, from {where}")

    def digest(self) -> str:
        """The digest, in hexadecimal digits."""
        return self._sha256.hexdigest()

    def _code(self, frame: int) -> str:
        return time_code(frame, self._rate_hz)
