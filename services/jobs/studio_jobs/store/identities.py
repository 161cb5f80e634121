"""The identities of a revision's scenes and shots, as they are kept beside its text."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

from studio_jobs.screenplay.alignment import SceneKey, ShotKey


def packed(keys: Sequence[SceneKey]) -> bytes:
    """The bytes of a column; `unpacked` reads them."""
    rows = [
        [scene.scene_id, scene.heading, [[shot.shot_id, shot.speaker, shot.text] for shot in scene.shots]]
        for scene in keys
    ]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpacked(data: bytes) -> tuple[SceneKey, ...]:
    """The keys in `packed` bytes. Raises ValueError or zlib.error for others."""
    return tuple(
        SceneKey(scene_id, heading, tuple(ShotKey(*shot) for shot in shots))
        for scene_id, heading, shots in json.loads(zlib.decompress(data))
    )
