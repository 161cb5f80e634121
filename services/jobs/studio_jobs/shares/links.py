"""Shares in Postgres: tokens as SHA-256, passwords as argon2id."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from studio_jobs.owner import not_found
from studio_jobs.store.rows import Record, present
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries
from studio_platform.errors import ResourceExhausted
from studio_platform.ids import new_id

SHARES = Queries.load("studio_jobs.sql", "shares.sql")
"""Statements of shares; no loop uses them."""

SHARES_MAX = 1_000
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be shown, and to whom; no password hash: to whoever has the link."""

    job_id: UUID
    title: str
    password_hash: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """A share."""

    share_id: UUID
    workspace_id: UUID
    job_id: UUID
    title: str
    password_hash: str | None
    expires_at: datetime | None
    views: int
    created_at: datetime


class Links:
    """Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, workspace: UUID, author: UUID, wanted: Wanted, request_id: UUID | None
    ) -> tuple[Link, str]:
        """Make a share, or find the one that the request id made; and its new token.

        Raises ResourceExhausted.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with self._database.transaction() as tx:
            await tx.execute(SHARES["lock_shares"], workspace)
            known = await tx.fetchrow(SHARES["renew_share"], workspace, request_id, _hashed(token))
            if known is not None:
                return link(known), token
            if await tx.fetchval(SHARES["count_shares"], workspace, SHARES_MAX) >= SHARES_MAX:
                raise ResourceExhausted(
                    "SHARES_FULL", f"A workspace has at most {SHARES_MAX} shares; revoke some first."
                )
            made = await tx.fetchrow(
                SHARES["insert_share"],
                new_id(),
                workspace,
                wanted.job_id,
                wanted.title,
                _hashed(token),
                wanted.password_hash,
                wanted.expires_at,
                request_id,
                author,
                self._clock.now(),
            )
        return link(present(made)), token

    async def page(self, workspace: UUID, before: UUID | None, most: int) -> Sequence[Link]:
        """Shares of a workspace, the newest first."""
        return [
            link(row) for row in await self._database.fetch(SHARES["shares_page"], workspace, before, most)
        ]

    async def revoke(self, workspace: UUID, share_id: UUID) -> None:
        """End a share. Raises NotFound."""
        if await self._database.fetchval(SHARES["delete_share"], workspace, share_id) is None:
            raise not_found(f"shares/{share_id}")

    async def find(self, token: str) -> Link:
        """The share of a link. Raises NotFound, also for one that has ended."""
        row = await self._database.fetchrow(SHARES["share_by_token"], _hashed(token), self._clock.now())
        if row is None:
            raise not_found("The shared film")
        return link(row)

    async def count_view(self, share_id: UUID) -> None:
        """Note that the film was shown."""
        await self._database.execute(SHARES["count_view"], share_id)


def link(row: Record) -> Link:
    """The dataclass of a row of shares."""
    return Link(
        row["share_id"],
        row["workspace_id"],
        row["job_id"],
        row["title"],
        row["password_hash"],
        row["expires_at"],
        row["views"],
        row["created_at"],
    )


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
