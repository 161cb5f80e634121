"""Artifacts in the object store: parts first, their manifest last and once."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import rfc8785

from filmstudio.generation.v1 import artifact_pb2, task_pb2
from studio_platform.engine import Input, Part, Product
from studio_platform.objects import ObjectMissing, ObjectStore, StoreUnavailable

BLOBS_PREFIX = "blobs/"
"""Of the keys of all blobs, which are named by their digests."""

MANIFESTS_PREFIX = "artifacts/"
"""Of the keys of all manifests."""

UPLOADS_PREFIX = "uploads/"
"""Of the keys of what clients send in pieces, until it is a blob."""

MANIFEST_MEDIA_TYPE = "application/protobuf"
READ_CHUNK_BYTES = 1024 * 1024
_UUID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_DIGEST = "([0-9a-f]{64})"
_BLOB_KEY = re.compile(f"{BLOBS_PREFIX}{_UUID}/{_DIGEST}")
_MANIFEST_KEY = re.compile(rf"{MANIFESTS_PREFIX}{_UUID}/([a-z]+)/{_DIGEST}\.([0-9]{{1,9}})")
_KINDS = {
    name.removeprefix("TASK_KIND_").lower(): task_pb2.TaskKind.Value(name)
    for name in task_pb2.TaskKind.keys()  # noqa: SIM118 - an enum's wrapper is no mapping
}

SMALL_BYTES = 64 * 1024
"""Up to this size a blob is held in memory and its digest made on the loop, far under a millisecond."""


@dataclass(frozen=True, slots=True)
class ArtifactKey:
    """Where an artifact belongs."""

    workspace_id: str
    kind: task_pb2.TaskKind.ValueType
    content_key: str
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made an artifact, and how long it took."""

    engine: task_pb2.EngineRef
    deterministic: bool
    run_ms: int


def blob_key(workspace_id: str, sha256: str) -> str:
    """Where a part's bytes are kept."""
    return f"{BLOBS_PREFIX}{workspace_id}/{sha256}"


def manifest_key(key: ArtifactKey) -> str:
    """Where an artifact's manifest is kept."""
    return f"{MANIFESTS_PREFIX}{artifact_name(key)}"


def artifact_name(key: ArtifactKey) -> str:
    """What names an artifact among all: its manifest and its receipts are kept under it."""
    kind = task_pb2.TaskKind.Name(key.kind).removeprefix("TASK_KIND_").lower()
    return f"{key.workspace_id}/{kind}/{key.content_key}.{key.generation}"


def read_blob_key(key: str) -> tuple[UUID, bytes] | None:
    """Workspace and digest of a blob's key; None for a key of something else."""
    found = _BLOB_KEY.fullmatch(key)
    return (UUID(found[1]), bytes.fromhex(found[2])) if found else None


def read_manifest_key(key: str) -> ArtifactKey | None:
    """The artifact of a manifest's key; None for a key of something else."""
    found = _MANIFEST_KEY.fullmatch(key)
    kind = _KINDS.get(found[2]) if found else None
    if found is None or kind is None:
        return None
    return ArtifactKey(found[1], kind, found[3], int(found[4]))


def artifact_digest(parts: Sequence[artifact_pb2.ManifestPart]) -> str:
    """The identity of an artifact's content (docs/content-keys.md)."""
    document = [{"role": p.role, "media_type": p.media_type, "sha256": p.sha256} for p in parts]
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


class Artifacts:
    """Stores and finds artifacts; parts of equal content are kept once."""

    def __init__(self, objects: ObjectStore) -> None:
        self.objects = objects

    async def find(self, key: ArtifactKey) -> artifact_pb2.Manifest | None:
        """The artifact of a key, or None."""
        try:
            return artifact_pb2.Manifest.FromString(await self.objects.get(manifest_key(key)))
        except ObjectMissing:
            return None

    async def store_parts(self, workspace_id: str, parts: Sequence[Part]) -> list[artifact_pb2.ManifestPart]:
        """Upload the parts that are not there yet. Raises StoreFull, StoreUnavailable."""
        return [await self._store_part(workspace_id, part) for part in parts]

    async def _store_part(self, workspace_id: str, part: Part) -> artifact_pb2.ManifestPart:
        is_small = part.data is not None and len(part.data) <= READ_CHUNK_BYTES
        sha256, size_bytes = _measure(part) if is_small else await asyncio.to_thread(_measure, part)
        key = blob_key(workspace_id, sha256)
        await self.objects.put_if_absent(key, data=part.data, path=part.path, media_type=part.media_type)
        return artifact_pb2.ManifestPart(
            role=part.role, media_type=part.media_type, sha256=sha256, size_bytes=size_bytes
        )

    async def publish(
        self,
        key: ArtifactKey,
        product: Product,
        parts: Sequence[artifact_pb2.ManifestPart],
        maker: Maker,
    ) -> artifact_pb2.Manifest:
        """Write the manifest; who comes second gets the first one's."""
        manifest = artifact_pb2.Manifest(
            workspace_id=key.workspace_id,
            kind=key.kind,
            content_key=key.content_key,
            generation=key.generation,
            parts=parts,
            digest=artifact_digest(parts),
            length_ms=product.length_ms,
            frames=product.frames,
            engine=maker.engine,
            deterministic=maker.deterministic,
            run_ms=maker.run_ms,
            facts=dict(product.facts),
        )
        data = manifest.SerializeToString(deterministic=True)
        where = manifest_key(key)
        if await self.objects.put_if_absent(where, data=data, media_type=MANIFEST_MEDIA_TYPE):
            return manifest
        return artifact_pb2.Manifest.FromString(await self.objects.get(where))

    async def blob(self, workspace_id: str, sha256: str) -> bytes:
        """A blob's bytes. Raises ObjectMissing."""
        return await self.objects.get(blob_key(workspace_id, sha256))

    async def fetch_inputs(
        self,
        workspace_id: str,
        inputs: Sequence[artifact_pb2.ResolvedInput],
        folder: Path,
        roles: frozenset[str] | None = None,
    ) -> dict[str, Input]:
        """Download the inputs' parts of these roles, else all, into a folder; a shared blob comes once.

        Raises ObjectMissing, and StoreUnavailable also for other bytes than were stored.
        """
        wanted = {
            part.sha256: part.size_bytes
            for entry in inputs
            for part in entry.manifest.parts
            if roles is None or part.role in roles
        }
        small = sorted(sha256 for sha256, size_bytes in wanted.items() if size_bytes <= SMALL_BYTES)
        big = sorted(wanted.keys() - set(small))
        contents, _ = await asyncio.gather(
            self._small(workspace_id, small),
            asyncio.gather(*(self._fetch(workspace_id, sha256, folder) for sha256 in big)),
        )
        if contents:
            await asyncio.to_thread(_write, folder, contents)
        return {entry.role: _input(entry, folder, roles) for entry in inputs}

    async def _small(self, workspace_id: str, digests: Sequence[str]) -> dict[str, bytes]:
        """The contents of small blobs by digest: one hop to a thread writes them all."""
        contents = await asyncio.gather(*(self.blob(workspace_id, sha256) for sha256 in digests))
        for sha256, content in zip(digests, contents, strict=True):
            _require_digest(blob_key(workspace_id, sha256), sha256, hashlib.sha256(content).hexdigest())
        return dict(zip(digests, contents, strict=True))

    async def _fetch(self, workspace_id: str, sha256: str, folder: Path) -> None:
        key, path = blob_key(workspace_id, sha256), folder / sha256
        await self.objects.download(key, path)
        found, _ = await asyncio.to_thread(_measure_file, path)
        _require_digest(key, sha256, found)


def _require_digest(key: str, wanted: str, found: str) -> None:
    if found != wanted:
        raise StoreUnavailable(f"object {key} came with the digest {found}")


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _input(entry: artifact_pb2.ResolvedInput, folder: Path, roles: frozenset[str] | None) -> Input:
    return Input(
        role=entry.role,
        parts={
            part.role: folder / part.sha256
            for part in entry.manifest.parts
            if roles is None or part.role in roles
        },
        length_ms=entry.manifest.length_ms,
        frames=entry.manifest.frames,
    )


def _measure(part: Part) -> tuple[str, int]:
    """SHA-256 and size of a part. Raises ValueError for one with neither data nor path, or both."""
    if (part.data is None) == (part.path is None):
        raise ValueError(f"part {part.role} needs exactly one of data and path")
    if part.data is not None:
        return hashlib.sha256(part.data).hexdigest(), len(part.data)
    assert part.path is not None  # noqa: S101 - narrowed above
    return _measure_file(part.path)


def _measure_file(path: Path) -> tuple[str, int]:
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(READ_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return digest.hexdigest(), size_bytes
