"""Sound cut with the picture: parts of stems laid one after another, seamless where they were so before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio_composer.splice import Check
from studio_composer.stems import BLOCK_SAMPLES, Heard, StemWriter, stem_blocks, stem_samples, write_fitted
from studio_media.house import SAMPLE_RATE_HZ, STEM_CHANNELS
from studio_media.sound import Samples

SEAM_SAMPLES = SAMPLE_RATE_HZ // 100
LOOP_SAMPLES = SAMPLE_RATE_HZ

Tape = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoundCut:
    """A stem's samples [start_sample, stop_sample) from `at_sample` on, then `hold_samples` more of the same.

    Over `shared_in_samples` it comes in, while the cut before it goes out; such cuts lie over each other.
    """

    source: Path
    start_sample: int
    stop_sample: int
    at_sample: int
    hold_samples: int = 0
    shared_in_samples: int = 0
    shared_out_samples: int = 0

    @property
    def length_samples(self) -> int:
        """How long it sounds."""
        return self.stop_sample - self.start_sample + self.hold_samples


def write_cuts(
    path: Path,
    cuts: Sequence[SoundCut],
    length_samples: int,
    work: Path,
    check: Check,
    heard: Heard | None = None,
) -> None:
    """Write cuts over silence; cuts that don't follow each other in their stem blend over 10 ms.

    Raises SoundError for a broken stem.
    """
    _write(StemWriter(path, heard=heard), cuts, length_samples, _Tapes(work, check), check)


def _write(
    writer: StemWriter, cuts: Sequence[SoundCut], length_samples: int, tapes: _Tapes, check: Check
) -> None:
    laid = [(cut, tapes.of(cut.source)) for cut in _merged(cuts)]
    with writer as stem:
        for start in range(0, length_samples, BLOCK_SAMPLES):
            check()
            block = np.zeros((min(BLOCK_SAMPLES, length_samples - start), STEM_CHANNELS), np.float32)
            for cut, tape in laid:
                _add(block, start, cut, tape)
            stem.write(block)


def write_lengthened(
    path: Path, source: Path, length_samples: int, work: Path, check: Check, heard: Heard | None = None
) -> None:
    """Write a sound cut to a length; one that is shorter goes on from its start, blended over a second."""
    is_long = stem_samples(source) >= length_samples
    if is_long and write_fitted(path, source, length_samples, heard) >= length_samples:
        return
    tapes = _Tapes(work, check)
    own_samples = len(tapes.of(source))
    shared = min(LOOP_SAMPLES, own_samples // 2)
    cuts = [SoundCut(source, 0, min(own_samples, length_samples), 0)]
    while (
        own_samples > SEAM_SAMPLES and (end := cuts[-1].at_sample + cuts[-1].length_samples) < length_samples
    ):
        cuts[-1] = replace(cuts[-1], shared_out_samples=shared)
        start = end - shared
        stop = min(own_samples, length_samples - start)
        cuts.append(SoundCut(source, 0, stop, start, shared_in_samples=shared))
    _write(StemWriter(path, heard=heard), cuts, length_samples, tapes, check)


def _merged(cuts: Sequence[SoundCut]) -> list[SoundCut]:
    merged: list[SoundCut] = []
    for cut in cuts:
        last = merged[-1] if merged else None
        if last is not None and _is_seamless(last, cut):
            merged[-1] = replace(
                last,
                stop_sample=cut.stop_sample,
                hold_samples=cut.hold_samples,
                shared_out_samples=cut.shared_out_samples,
            )
        else:
            merged.append(cut)
    return merged


def _is_seamless(last: SoundCut, cut: SoundCut) -> bool:
    follows = last.source == cut.source and last.stop_sample == cut.start_sample
    return follows and not (last.hold_samples or last.shared_out_samples or cut.shared_in_samples)


class _Tapes:
    """Stems decoded to files, so that a scene's length costs disk, not memory."""

    def __init__(self, folder: Path, check: Check) -> None:
        self._folder = folder
        self._check = check
        self._known: dict[Path, Tape] = {}
        self._made = 0

    def of(self, source: Path) -> Tape:
        """The tape of a stem."""
        if source not in self._known:
            self._known[source] = self._decoded(source)
        return self._known[source]

    def _decoded(self, source: Path) -> Tape:
        path = self._new()
        with path.open("wb") as file:
            for block in stem_blocks(source):
                self._check()
                block.tofile(file)
        if not path.stat().st_size:
            return np.zeros((0, STEM_CHANNELS), np.float32)
        return np.memmap(path, np.float32, "r").reshape(-1, STEM_CHANNELS)

    def _new(self) -> Path:
        self._made += 1
        return self._folder / f"tape-{self._made}.f32"


def _add(block: Samples, start: int, cut: SoundCut, tape: Tape) -> None:
    """Add what sounds of a cut in a block, with 10 ms past its end to blend with what follows."""
    seam = 0 if cut.shared_out_samples else SEAM_SAMPLES
    first = max(start, cut.at_sample)
    at = range(first - cut.at_sample, min(start + len(block) - cut.at_sample, cut.length_samples + seam))
    if at:
        sound = _read(cut, tape, at)
        sound = sound if _is_whole(cut, at) else sound * _gains(cut, at)[:, None]
        block[first - start : first - start + len(at)] += sound


def _read(cut: SoundCut, tape: Tape, at: range) -> Samples:
    """A cut's samples at positions after its start; where it is held, it runs back and forth."""
    found: Samples = np.zeros((len(at), STEM_CHANNELS), np.float32)
    moving = cut.stop_sample - cut.start_sample
    if not cut.hold_samples or moving <= 1 or at.stop <= moving:
        part = tape[cut.start_sample + at.start : cut.start_sample + at.stop]
        found[: len(part)] = part
        return found
    folded = np.arange(at.start, at.stop) % (2 * (moving - 1))
    places = cut.start_sample + np.minimum(folded, 2 * (moving - 1) - folded)
    inside = places < len(tape)
    found[inside] = tape[places[inside]]
    return found


def _is_whole(cut: SoundCut, at: range) -> bool:
    """Whether nothing comes in or goes out at these positions."""
    return _rise_samples(cut) <= at.start and at.stop <= cut.length_samples - cut.shared_out_samples


def _rise_samples(cut: SoundCut) -> int:
    return cut.shared_in_samples or (SEAM_SAMPLES if cut.at_sample else 0)


def _gains(cut: SoundCut, positions: range) -> NDArray[np.float32]:
    at, length, rise = np.arange(positions.start, positions.stop), cut.length_samples, _rise_samples(cut)
    rising = np.clip((at + 1) / rise, 0.0, 1.0) if rise else np.ones(len(at))
    if cut.shared_out_samples:
        falling = np.clip((length - at) / cut.shared_out_samples, 0.0, 1.0)
    else:
        falling = np.clip((length + SEAM_SAMPLES - at) / SEAM_SAMPLES, 0.0, 1.0)
    gains: NDArray[np.float32] = (rising * falling).astype(np.float32)
    return gains
