"""Verdicts kept for audit: what was judged, by which policy, when, and for what it was refused, if it was."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from studio_jobs.moderation import Moderator, Passage, Refusal
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries

VERDICTS = Queries.load("studio_jobs.sql", "moderation.sql")
"""Statements of verdicts; no loop uses them."""

TEXTS, PICTURE = "texts", "picture"
WRITTEN_MAX = 20_000


class AuditedModerator:
    """Another moderator whose verdicts are written before anybody acts on them.

    A verdict is of the SHA-256 of what was judged: the texts of a film together, each ended by a zero byte,
    or a picture. What a policy judged again is written once. Raises Unavailable where it can't be written.
    """

    def __init__(self, moderator: Moderator, database: Database, clock: Clock) -> None:
        self._moderator = moderator
        self._database = database
        self._clock = clock
        self._written: OrderedDict[tuple[UUID, bytes], None] = OrderedDict()

    @property
    def policy(self) -> str:
        """See Moderator."""
        return self._moderator.policy

    @property
    def sees_pictures(self) -> bool:
        """See Moderator."""
        return self._moderator.sees_pictures

    async def check(self, workspace: UUID, passages: Sequence[Passage]) -> Refusal | None:
        """See Moderator."""
        refusal = await self._moderator.check(workspace, passages)
        digest = hashlib.sha256()
        for passage in passages:
            digest.update(passage.text.encode("utf-8", "surrogatepass") + b"\0")
        category = refusal.category if refusal else ""
        place = (refusal.scene, refusal.line) if refusal else (0, 0)
        await self._keep(workspace, TEXTS, digest.digest(), category, place)
        return refusal

    async def check_pictures(self, workspace: UUID, pictures: Sequence[bytes]) -> str:
        """See Moderator. Of pictures that pass unseen there is no verdict."""
        if not self._moderator.sees_pictures:
            return ""
        for picture in pictures:
            category = await self._moderator.check_pictures(workspace, [picture])
            await self._keep(workspace, PICTURE, hashlib.sha256(picture).digest(), category, (0, 0))
            if category:
                return category
        return ""

    async def _keep(
        self, workspace: UUID, subject: str, digest: bytes, category: str, place: tuple[int, int]
    ) -> None:
        if (workspace, digest) in self._written:
            return
        await self._database.execute(
            VERDICTS["insert_verdict"],
            workspace,
            digest,
            self.policy,
            subject,
            category,
            *place,
            self._clock.now(),
        )
        self._written[workspace, digest] = None
        while len(self._written) > WRITTEN_MAX:
            self._written.popitem(last=False)
