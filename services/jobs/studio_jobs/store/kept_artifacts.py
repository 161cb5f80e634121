"""Artifacts that no task of ours made, kept under the keys by which they are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from studio_jobs.sql import SQL
from studio_platform.errors import Unavailable


async def keep_artifacts(
    tx: Any, workspace: UUID, manifests: Sequence[artifact_pb2.Manifest], now: datetime
) -> list[bytes]:
    """Write the rows of artifacts whose files are stored; their content keys.

    Raises Unavailable when the collector is taking a file at this moment.
    """
    parts = [(bytes.fromhex(made.content_key), part) for made in manifests for part in made.parts]
    digests = [bytes.fromhex(part.sha256) for _, part in parts]
    workspaces = [workspace] * len(parts)
    if any(row["condemned_at"] for row in await tx.fetch(SQL["doubtful_blobs"], workspaces, digests)):
        raise Unavailable("MEDIA_MOVED", "A file is being removed as unused; send it again in a minute.")
    # In the order of their keys: two who keep the same do not wait for each other in a circle.
    for made in sorted(manifests, key=lambda one: one.content_key):
        await tx.execute(
            SQL["insert_artifact"],
            workspace,
            bytes.fromhex(made.content_key),
            int(made.kind),
            made.digest,
            made.SerializeToString(deterministic=True),
            made.length_ms,
            made.frames,
            now,
        )
    keys = [bytes.fromhex(made.content_key) for made in manifests]
    sizes = [part.size_bytes for _, part in parts]
    await tx.execute(SQL["note_blobs"], workspaces, [key for key, _ in parts], digests, sizes)
    await tx.execute(SQL["mark_blobs_noted"], [workspace] * len(keys), keys)
    return keys
