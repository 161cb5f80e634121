"""Bodies of runs: inline while small, else a blob of the workspace."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from filmstudio.generation.v1 import message_pb2
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore

INLINE_BODY_MAX_BYTES = 64 * 1024
BODY_MEDIA_TYPE = "application/protobuf"


@dataclass(frozen=True, slots=True)
class StoredBody:
    """Exactly one of the serialised body and the digest of its blob."""

    inline: bytes | None
    sha256: str | None


class Bodies:
    """Keeps what is too large for a message in the object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    async def keep(self, workspace_id: UUID, body: message_pb2.RunBody) -> StoredBody:
        """Store the body where it belongs; the same body comes to the same place."""
        data = body.SerializeToString(deterministic=True)
        if len(data) <= INLINE_BODY_MAX_BYTES:
            return StoredBody(data, None)
        sha256 = hashlib.sha256(data).hexdigest()
        await self._objects.put_if_absent(
            blob_key(str(workspace_id), sha256), data=data, media_type=BODY_MEDIA_TYPE
        )
        return StoredBody(None, sha256)
