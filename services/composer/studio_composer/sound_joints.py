"""Sound joints: the scenes' AAC joined by copying packets, with silence where no scene is.

A packet of AAC holds half of its sound and half of its neighbour's. What two scenes have where they meet is
the same: silence, or the room tones of both (`bridges.py`), so they join without a click. Packets stand on
one grid through the film: a scene's sound begins at the packet next to its first frame, 11 ms off at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.packet import Packet

from studio_composer.bridges import MARGIN_SAMPLES
from studio_composer.master import encoded_aac
from studio_composer.mixdown import PACKET_SAMPLES
from studio_composer.scratch import work_folder
from studio_composer.splice import Check
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import SoundError

_SILENT_PACKETS = 8


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """A piece's encoded sound, an mp4 with one AAC track, and where it stands in the film, in samples.

    Its track has a margin before its start and after its end.
    """

    path: Path
    start_sample: int
    length_samples: int


def write_sound(
    pieces: Sequence[SoundPiece], length_samples: int, folder: Path, path: Path, check: Check
) -> None:
    """Join the pieces, in order, to an mp4 whose only track lasts `length_samples`.

    Raises SoundError for a piece that holds fewer packets than it lasts.
    """
    with work_folder(folder, "silence") as work:
        silence = _silent_packet(work / "silence.mp4")
        options = {"movie_timescale": str(SAMPLE_RATE_HZ)}
        with (
            av.open(str(work / "silence.mp4"), mode="r", format="mov") as template,
            av.open(str(path), mode="w", format="mp4", container_options=options) as container,
        ):
            track = container.add_stream_from_template(template.streams.audio[0])
            for packet in _timed(_slots(pieces, length_samples, silence), length_samples):
                check()
                packet.stream = track
                container.mux(packet)


def _slots(pieces: Sequence[SoundPiece], length_samples: int, silence: bytes) -> Iterator[bytes]:
    """The film's packets: one before its first sample, then one for each 1,024 samples."""
    at = 0
    following = [*(slot_of(piece) for piece in pieces[1:]), _slot_count(length_samples)]
    for piece, end in zip(pieces, following, strict=True):
        first = slot_of(piece)
        yield from [silence] * (first - at)
        count = min(slots_in(piece.length_samples), end - first)
        yield from _packets(piece, count)
        at = first + count
    yield from [silence] * (_slot_count(length_samples) - at)


def slot_of(piece: SoundPiece) -> int:
    """The slot of the packet that ends half a packet after a piece's start."""
    return (piece.start_sample + PACKET_SAMPLES // 2) // PACKET_SAMPLES


def slots_in(length_samples: int) -> int:
    """How many packets hold something of a piece."""
    return max(0, length_samples - 1) // PACKET_SAMPLES + 2


def _slot_count(length_samples: int) -> int:
    return -(-length_samples // PACKET_SAMPLES) + 1


def _packets(piece: SoundPiece, count: int) -> Iterator[bytes]:
    """So many packets from the one that ends half a packet after the piece's start."""
    given = -MARGIN_SAMPLES // PACKET_SAMPLES
    with av.open(str(piece.path), mode="r", format="mov") as container:
        for packet in container.demux(container.streams.audio[0]):
            if given == count:
                return
            if packet.size:
                given += 1
                if given > 0:
                    yield bytes(packet)
    if given < count:
        raise SoundError(f"{given} packets of sound where {count} are due")


def _timed(slots: Iterator[bytes], length_samples: int) -> Iterator[Packet]:  # type: ignore[type-arg]
    time_base = Fraction(1, SAMPLE_RATE_HZ)
    # The encoder is one packet late; the file's edit list leaves that out.
    for number, data in zip(range(_slot_count(length_samples)), slots, strict=False):
        start = (number - 1) * PACKET_SAMPLES
        packet = Packet(data)
        packet.pts = packet.dts = start
        packet.duration = min(PACKET_SAMPLES, length_samples - start)
        packet.time_base = time_base
        yield packet


def _silent_packet(path: Path) -> bytes:
    """A packet of silence among silence; `path` is the file that it was encoded into."""
    zeros = np.zeros((_SILENT_PACKETS * PACKET_SAMPLES, 2), np.float32)
    encoded = [data for packets in encoded_aac(iter([zeros]), path, lambda: None) for data in packets]
    return encoded[_SILENT_PACKETS // 2]
