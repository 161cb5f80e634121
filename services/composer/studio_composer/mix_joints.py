"""The scenes' mixes joined without loss, as `sound_joints.py` joins their packets, for codecs besides AAC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from studio_composer.bridges import MARGIN_SAMPLES
from studio_composer.mixdown import PACKET_SAMPLES
from studio_composer.sound_joints import SoundPiece, slot_of, slots_in
from studio_composer.stems import in_blocks, stem_blocks
from studio_media.house import STEM_CHANNELS
from studio_media.sound import Samples


def mix_blocks(mixes: Sequence[SoundPiece], length_samples: int, block_samples: int) -> Iterator[Samples]:
    """Yield a film's sound of `length_samples` from FLAC mixes with margins, each where its packets would be.

    Over the length of a packet one goes over into the next. Raises SoundError for a broken mix.
    """
    left = length_samples
    for block in in_blocks(_slots(mixes, -(-length_samples // PACKET_SAMPLES)), block_samples):
        yield block[:left]
        left -= len(block)


def _slots(mixes: Sequence[SoundPiece], count: int) -> Iterator[Samples]:
    """The film in blocks of a packet's length; the one before its first sample is nowhere heard."""
    waiting = list(mixes)
    sounding: Iterator[Samples] = iter(())
    for slot in range(-1, count):
        block = next(sounding, None)
        while waiting and slot_of(waiting[0]) - 1 <= slot:
            sounding = _sounding(waiting.pop(0))
            block = _blended(block, next(sounding))
        if slot >= 0:
            yield _silence() if block is None else block


def _sounding(piece: SoundPiece) -> Iterator[Samples]:
    """The blocks of a mix from the one before its first sample on."""
    skipped = MARGIN_SAMPLES // PACKET_SAMPLES - 1
    count = 1 + slots_in(piece.length_samples)
    for block in islice(stem_blocks(piece.path, PACKET_SAMPLES), skipped, skipped + count):
        yield np.concatenate([block, _silence()])[:PACKET_SAMPLES]


def _blended(ending: Samples | None, beginning: Samples) -> Samples:
    part = np.sin(0.5 * np.pi * (np.arange(PACKET_SAMPLES, dtype=np.float32) + 0.5) / PACKET_SAMPLES) ** 2
    rising = part[:, None].astype(np.float32)
    blended: Samples = beginning * rising
    return blended if ending is None else blended + ending * (1 - rising)


def _silence() -> Samples:
    return np.zeros((PACKET_SAMPLES, STEM_CHANNELS), np.float32)
