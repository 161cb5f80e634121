"""Artifacts' parts come back from the store with the bytes that were put there, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmstudio.generation.v1 import artifact_pb2
from studio_platform.engine import Part
from studio_platform.manifests import Artifacts, blob_key
from studio_platform.objects import StoreUnavailable
from studio_platform.objects_memory import MemoryObjectStore

WORKSPACE_ID = "w1"


def resolved(part: artifact_pb2.ManifestPart) -> artifact_pb2.ResolvedInput:
    """An input of one part."""
    return artifact_pb2.ResolvedInput(role="clip-1", manifest=artifact_pb2.Manifest(parts=[part]))


async def test_a_part_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    artifacts = Artifacts(MemoryObjectStore())
    [stored] = await artifacts.store_parts(WORKSPACE_ID, [Part("clip", "video/mp4", data=b"pictures")])

    inputs = await artifacts.fetch_inputs(WORKSPACE_ID, [resolved(stored)], tmp_path)

    assert inputs["clip-1"].parts["clip"].read_bytes() == b"pictures"


async def test_a_part_with_other_bytes_than_were_stored_is_refused(tmp_path: Path) -> None:
    objects = MemoryObjectStore()
    artifacts = Artifacts(objects)
    [stored] = await artifacts.store_parts(WORKSPACE_ID, [Part("clip", "video/mp4", data=b"pictures")])
    key = blob_key(WORKSPACE_ID, stored.sha256)
    await objects.delete(key)
    await objects.put_if_absent(key, data=b"picturez", media_type="video/mp4")

    with pytest.raises(StoreUnavailable, match="came with the digest"):
        await artifacts.fetch_inputs(WORKSPACE_ID, [resolved(stored)], tmp_path)
