"""Uploads in Postgres: each ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from filmstudio.uploads.v1 import uploads_pb2
from studio_jobs.owner import not_found
from studio_jobs.store.rows import Record, present
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries
from studio_platform.errors import ResourceExhausted
from studio_platform.ids import new_id
from studio_platform.manifests import UPLOADS_PREFIX

UPLOADS = Queries.load("studio_jobs.sql", "uploads.sql")
"""Statements of uploads; no loop of jobs uses them."""

PENDING_LIFE = timedelta(hours=1)
READY_LIFE = timedelta(days=1)
OPEN_MAX = 100
OPEN_BYTES_MAX = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class Announced:
    """What somebody says that they will send."""

    kind: uploads_pb2.UploadKind.ValueType
    size_bytes: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way, or there."""

    upload_id: UUID
    workspace_id: UUID
    announced: Announced
    is_ready: bool
    expires_at: datetime

    @property
    def name(self) -> str:
        """uploads/{uuid}."""
        return f"uploads/{self.upload_id}"

    @property
    def key(self) -> str:
        """Where its bytes are in the store."""
        return upload_key(self.workspace_id, self.upload_id)


class Uploads:
    """Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, workspace: UUID, author: UUID, wanted: Announced, request_id: UUID | None
    ) -> Upload:
        """Make an upload, or find the one that the request id made. Raises ResourceExhausted."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await tx.execute(UPLOADS["lock_uploads"], workspace)
            known = await tx.fetchrow(UPLOADS["upload_by_request"], workspace, request_id)
            if known is not None:
                return upload(known)
            there = present(await tx.fetchrow(UPLOADS["count_uploads"], workspace, now))
            if there["uploads"] >= OPEN_MAX or there["size_bytes"] + wanted.size_bytes > OPEN_BYTES_MAX:
                raise ResourceExhausted(
                    "UPLOADS_FULL",
                    f"A workspace has at most {OPEN_MAX} uploads and {OPEN_BYTES_MAX // 1024**3} GiB of them "
                    "that have not ended; they end by themselves.",
                )
            made = await tx.fetchrow(
                UPLOADS["insert_upload"],
                new_id(),
                workspace,
                int(wanted.kind),
                wanted.size_bytes,
                wanted.media_type,
                bytes.fromhex(wanted.sha256),
                now + PENDING_LIFE,
                request_id,
                author,
                now,
            )
        return upload(present(made))

    async def get(self, workspace: UUID, upload_id: UUID) -> Upload:
        """An upload that has not ended. Raises NotFound."""
        row = await self._database.fetchrow(UPLOADS["upload"], workspace, upload_id, self._clock.now())
        if row is None:
            raise not_found(f"uploads/{upload_id}")
        return upload(row)

    async def complete(self, it: Upload) -> Upload:
        """Note that its bytes are there; somebody else may have. Raises NotFound for one that ended."""
        now = self._clock.now()
        row = await self._database.fetchrow(
            UPLOADS["complete_upload"], it.workspace_id, it.upload_id, now, now + READY_LIFE
        )
        return upload(row) if row is not None else await self.get(it.workspace_id, it.upload_id)


def upload_key(workspace: UUID, upload_id: UUID) -> str:
    """Where an upload's bytes are in the store."""
    # As deep as the chunks of archives beside it, so that pages of the store are in one order.
    return f"{UPLOADS_PREFIX}{workspace}/{upload_id}/file"


def upload(row: Record) -> Upload:
    """The dataclass of a row of uploads."""
    kind = uploads_pb2.UploadKind.ValueType(row["kind"])
    announced = Announced(kind, row["size_bytes"], row["media_type"], bytes(row["sha256"]).hex())
    is_ready = row["completed_at"] is not None
    return Upload(row["upload_id"], row["workspace_id"], announced, is_ready, row["expires_at"])
