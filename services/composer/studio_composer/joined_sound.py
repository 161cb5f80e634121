"""The sound of a film or table read from its scenes' masters, and what all of it measures."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio_composer.loudness import gated
from studio_composer.sound_joints import SoundPiece, write_sound
from studio_composer.splice import Check
from studio_media.sound import SoundError


@dataclass(frozen=True, slots=True)
class SceneSound:
    """A scene's master: its encoded sound and what it measures, and where it stands, in samples."""

    sound: Path
    loudness: Path
    start_sample: int
    length_samples: int


@dataclass(frozen=True, slots=True)
class JoinedSound:
    """What a joined sound measures as it decodes: scenes meet in silence, so their measures add up."""

    integrated_lufs: float
    true_peak_dbtp: float
    gain_db: float

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
        blocks = np.concatenate([np.array(record["blocks"], np.float64) for record in records])
        peak = max(float(record["true_peak"]) for record in records)
        gain_db = float(records[0]["gain_db"])
    except (ValueError, KeyError, TypeError) as error:
        raise SoundError(f"unreadable measures of a scene: {error!r}") from error
    return JoinedSound(
        gated(blocks).integrated_lufs, 20 * math.log10(peak) if peak > 0 else -math.inf, gain_db
    )
