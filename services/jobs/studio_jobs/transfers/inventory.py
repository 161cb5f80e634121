"""What a project's film is made of, as far as it is there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from filmstudio.generation.v1 import artifact_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.domain.keys import given_key
from studio_jobs.domain.verdicts import Judging
from studio_jobs.edits.documents import Documents
from studio_jobs.library.brand_kits import content_key_of, files_of
from studio_jobs.library.branding import BRANDING_KIND
from studio_jobs.sql import SQL
from studio_jobs.store.brought_files import replacement_key
from studio_jobs.timeline.documents import LOCK_KIND, MEDIA_KIND
from studio_jobs.transfers.artifacts import KINDS, kept_by
from studio_platform.database import Database

Entry = tuple[bytes, bytes]
"""A plan key, empty for what only an edit keeps, and a content key."""


class Inventory:
    """Reads artifacts of one workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def entries(judged: Judging, documents: Documents) -> list[Entry]:
        """The artifacts of a judged plan in its order, then those that edits keep beside them."""
        found = [
            (plan_key, judged.content_key(task))
            for task, plan_key in zip(judged.plan.tasks, judged.plan.plan_keys, strict=True)
            if task.kind in KINDS and task.number in judged.made
        ]
        keys = {key for _, key in found}
        return found + [(b"", key) for key in dict.fromkeys(_kept(documents)) if key not in keys]

    async def manifests(
        self, workspace: UUID, entries: Sequence[Entry]
    ) -> list[tuple[bytes, artifact_pb2.Manifest]]:
        """The manifests of entries, by plan key, without those that went meanwhile."""
        keys = sorted({key for _, key in entries})
        rows = await self._database.fetch(SQL["manifests_by_keys"], workspace, keys)
        there = {bytes(row["content_key"]): artifact_pb2.Manifest.FromString(row["manifest"]) for row in rows}
        return [(plan_key, there[key]) for plan_key, key in entries if key in there]


def _kept(documents: Documents) -> list[bytes]:
    keys = []
    for _, document in sorted(documents.of_kind(MEDIA_KIND).items()):
        keys.append(replacement_key(timeline_pb2.Replacement.FromString(document.content)))
    for _, document in sorted(documents.of_kind(LOCK_KIND).items()):
        lock = timeline_pb2.ShotLock.FromString(document.content)
        keys += [given_key(kind, kept.engine, kept.digest) for kind, kept in kept_by(lock)]
    for _, document in sorted(documents.of_kind(BRANDING_KIND).items()):
        content = library_pb2.LibraryContent.FromString(document.content)
        keys += [content_key_of(file) for file in files_of(content)]
    return keys
