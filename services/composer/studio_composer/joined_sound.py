"""The sound of a film or table read from its scenes' masters, and what all of it measures."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio_composer.loudness import REPORT_SAMPLES, SILENCE_LUFS, SILENT_POWER_MAX, Powers, gated
from studio_composer.master import PEAK_MAX_DBTP
from studio_composer.sound_joints import SoundPiece, write_sound
from studio_composer.splice import Check
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import SoundError

_BLOCK_SAMPLES = 4 * REPORT_SAMPLES
# Between scenes lies a packet of silence.
_JOINT_SAMPLES = REPORT_SAMPLES * 3 // 2


@dataclass(frozen=True, slots=True)
class SceneSound:
    """A scene's master: its encoded sound and what it measures, and where it stands, in samples."""

    sound: Path
    loudness: Path
    start_sample: int
    length_samples: int


@dataclass(frozen=True, slots=True)
class Peak:
    """A scene's true peak, the limit that its order set, and where in the whole it is, ms."""

    dbtp: float
    max_dbtp: float
    at_ms: int


@dataclass(frozen=True, slots=True)
class JoinedSound:
    """What a joined sound measures as it decodes: scenes meet in silence, so their measures add up.

    `silent_ms` are the stretches [start, stop) under -70 LUFS within scenes. `has_tones` says whether the
    first and the last scene's room tones are heard under the cards beside them.
    """

    integrated_lufs: float
    true_peak_dbtp: float
    gain_db: float
    peaks: tuple[Peak, ...] = ()
    silent_ms: tuple[tuple[int, int], ...] = ()
    has_tones: tuple[bool, bool] = (True, True)

    @property
    def is_silent(self) -> bool:
        """Whether nothing is heard at all."""
        return self.integrated_lufs <= SILENCE_LUFS

    def record(self, target_millilufs: int) -> Mapping[str, float | None]:
        """The measures for a report; silence has no peak, and JSON no number for it."""
        peak_dbtp = self.true_peak_dbtp
        return {
            "loudness_lufs": round(self.integrated_lufs, 2),
            "loudness_target_lufs": target_millilufs / 1_000,
            "true_peak_dbtp": round(peak_dbtp, 2) if peak_dbtp > float("-inf") else None,
            "gain_db": round(self.gain_db, 2),
        }


def join_sound(
    scenes: Sequence[SceneSound], length_samples: int, work: Path, path: Path, check: Check
) -> JoinedSound:
    """Write the scenes' sound as one AAC track that lasts `length_samples`. Raises SoundError."""
    if not scenes:
        raise SoundError("no scene has a master: the film was planned before there were any")
    pieces = [SoundPiece(scene.sound, scene.start_sample, scene.length_samples) for scene in scenes]
    write_sound(pieces, length_samples, work, path, check)
    try:
        records = [json.loads(scene.loudness.read_bytes()) for scene in scenes]
        return _measured(scenes, records)
    except (ValueError, KeyError, TypeError) as error:
        raise SoundError(f"unreadable measures of a scene: {error!r}") from error


def _measured(scenes: Sequence[SceneSound], records: Sequence[Mapping[str, Any]]) -> JoinedSound:
    blocks = [np.array(record["blocks"], np.float64) for record in records]
    peaks = tuple(_peak(scene, record) for scene, record in zip(scenes, records, strict=True))
    return JoinedSound(
        gated(np.concatenate(blocks)).integrated_lufs,
        max(peak.dbtp for peak in peaks),
        float(records[0]["gain_db"]),
        peaks,
        _silent_ms(scenes, blocks),
        (bool(records[0]["has_tones"][0]), bool(records[-1]["has_tones"][1])),
    )


def _peak(scene: SceneSound, record: Mapping[str, Any]) -> Peak:
    linear = float(record["true_peak"])
    dbtp = 20 * math.log10(linear) if linear > 0 else -math.inf
    at_ms = _ms(scene.start_sample) + int(record.get("peak_ms", 0))
    return Peak(dbtp, float(record.get("true_peak_max_dbtp", PEAK_MAX_DBTP)), at_ms)


def _silent_ms(scenes: Sequence[SceneSound], blocks: Sequence[Powers]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for scene, powers in zip(scenes, blocks, strict=True):
        for block in np.flatnonzero(powers <= SILENT_POWER_MAX):
            start = scene.start_sample + int(block) * REPORT_SAMPLES
            stop = min(start + _BLOCK_SAMPLES, scene.start_sample + scene.length_samples)
            if found and start - found[-1][1] <= _JOINT_SAMPLES:
                found[-1] = found[-1][0], max(stop, found[-1][1])
            else:
                found.append((start, stop))
    return tuple((_ms(start), _ms(stop)) for start, stop in found)


def _ms(samples: int) -> int:
    return samples * 1_000 // SAMPLE_RATE_HZ
