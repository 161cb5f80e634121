"""Webhooks and their logs in Postgres, as their owners see them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from studio_jobs.owner import not_found
from studio_jobs.store.rows import Record, present
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries
from studio_platform.errors import FailedPrecondition, ResourceExhausted
from studio_platform.ids import new_id

WEBHOOKS = Queries.load("studio_jobs.sql", "webhooks.sql")
"""Statements of webhooks; the loops of jobs use none of them."""

WEBHOOKS_MAX = 20
SECRET_BYTES = 32
ATTEMPTS_SHOWN_MAX = 30
FORMER_SECRET_LIFE = timedelta(hours=24)
SECRET_SHOWN_FOR = timedelta(minutes=10)
"""How long the request that made a webhook, sent again, is answered with the secret."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address, and what it is told of; what only the studio sets has a default."""

    webhook_id: UUID
    url: str
    event_types: tuple[str, ...]
    display_name: str
    disabled: bool
    secret: bytes = b""
    former_secret: bytes | None = None
    former_until: datetime | None = None
    disabled_reason: str = ""
    failing_since: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def secrets_at(self, now: datetime) -> tuple[bytes, ...]:
        """What signs at a time: the secret, and for a while the one before it."""
        if self.former_secret is None or self.former_until is None or self.former_until <= now:
            return (self.secret,)
        return (self.secret, self.former_secret)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to send; status 0 and an error where no answer came."""

    began_at: datetime
    duration_ms: int
    status: int
    response: str
    error: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a webhook, with its last attempts; `tries` are those since it was last asked for."""

    webhook_id: UUID
    message_id: UUID
    event_type: str
    job_id: UUID
    body: str
    state: str
    attempts_made: int
    tries: int
    next_attempt_at: datetime
    created_at: datetime
    attempts: tuple[Attempt, ...] = ()


class Endpoints:
    """Each method is one transaction on rows of one workspace."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, workspace: UUID, wanted: Endpoint, request_id: UUID | None
    ) -> tuple[Endpoint, bool]:
        """Make a webhook, or find the one that the request id made; and whether its secret may be shown.

        Raises ResourceExhausted.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await tx.execute(WEBHOOKS["lock_webhooks"], workspace)
            known = await tx.fetchrow(WEBHOOKS["webhook_by_request"], workspace, request_id)
            if known is not None:
                return endpoint(known), now < known["created_at"] + SECRET_SHOWN_FOR
            if len(await tx.fetch(WEBHOOKS["webhooks"], workspace, WEBHOOKS_MAX)) >= WEBHOOKS_MAX:
                raise ResourceExhausted("WEBHOOKS_FULL", f"A workspace has at most {WEBHOOKS_MAX} webhooks.")
            made = await tx.fetchrow(
                WEBHOOKS["insert_webhook"],
                workspace,
                new_id(),
                wanted.url,
                wanted.event_types,
                wanted.display_name,
                secrets.token_bytes(SECRET_BYTES),
                wanted.disabled,
                request_id,
                now,
            )
            return endpoint(present(made)), True

    async def all(self, workspace: UUID) -> list[Endpoint]:
        """All of a workspace, the oldest first."""
        return [endpoint(row) for row in await self._database.fetch(WEBHOOKS["webhooks"], workspace, 1_000)]

    async def get(self, workspace: UUID, webhook_id: UUID) -> Endpoint:
        """One webhook. Raises NotFound."""
        row = await self._database.fetchrow(WEBHOOKS["webhook"], workspace, webhook_id)
        if row is None:
            raise not_found(f"webhooks/{webhook_id}")
        return endpoint(row)

    async def update(
        self, workspace: UUID, webhook_id: UUID, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint:
        """Change a webhook; what waits for one that is disabled so is dropped. Raises NotFound."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(WEBHOOKS["lock_webhook"], workspace, webhook_id)
            if row is None:
                raise not_found(f"webhooks/{webhook_id}")
            to = change(endpoint(row))
            fields = (to.url, to.event_types, to.display_name, to.disabled, now)
            changed = await tx.fetchrow(WEBHOOKS["update_webhook"], workspace, webhook_id, *fields)
            if to.disabled:
                await tx.execute(WEBHOOKS["drop_deliveries"], webhook_id)
            return endpoint(present(changed))

    async def rotate(self, workspace: UUID, webhook_id: UUID) -> Endpoint:
        """Give a webhook a new secret. Raises NotFound."""
        now, secret = self._clock.now(), secrets.token_bytes(SECRET_BYTES)
        until = now + FORMER_SECRET_LIFE
        row = await self._database.fetchrow(
            WEBHOOKS["rotate_webhook_secret"], workspace, webhook_id, secret, until, now
        )
        if row is None:
            raise not_found(f"webhooks/{webhook_id}")
        return endpoint(row)

    async def delete(self, workspace: UUID, webhook_id: UUID) -> None:
        """Delete a webhook with its log. Raises NotFound."""
        if await self._database.fetchval(WEBHOOKS["delete_webhook"], workspace, webhook_id) is None:
            raise not_found(f"webhooks/{webhook_id}")

    async def deliveries(
        self, workspace: UUID, webhook_id: UUID, before: UUID | None, most: int
    ) -> Sequence[Delivery]:
        """Messages of a webhook with their attempts, the newest first. Raises NotFound."""
        await self.get(workspace, webhook_id)
        found = await self._database.fetch(WEBHOOKS["deliveries_page"], webhook_id, before, most)
        return await self._with_attempts(webhook_id, [delivery(row) for row in found])

    async def replay(self, workspace: UUID, webhook_id: UUID, message_id: UUID) -> Delivery:
        """Let a message be sent again, at once if it waits. Raises NotFound, FailedPrecondition."""
        name = f"webhooks/{webhook_id}/deliveries/{message_id}"
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(WEBHOOKS["lock_webhook"], workspace, webhook_id)
            sent = await tx.fetchrow(WEBHOOKS["lock_delivery"], webhook_id, message_id) if row else None
            if row is None or sent is None:
                raise not_found(name)
            if row["disabled"]:
                raise FailedPrecondition("WEBHOOK_DISABLED", "The webhook is disabled; enable it first.")
            again = await tx.fetchrow(WEBHOOKS["replay_delivery"], webhook_id, message_id, self._clock.now())
        return (await self._with_attempts(webhook_id, [delivery(present(again))]))[0]

    async def _with_attempts(self, webhook_id: UUID, found: Sequence[Delivery]) -> Sequence[Delivery]:
        ids = [each.message_id for each in found]
        rows = await self._database.fetch(WEBHOOKS["attempts_of"], webhook_id, ids, ATTEMPTS_SHOWN_MAX)
        return [replace(each, attempts=_attempts(rows, each.message_id)) for each in found]


def _attempts(rows: Sequence[Record], message_id: UUID) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(row["began_at"], row["duration_ms"], row["status"], row["response"], row["error"])
        for row in rows
        if row["message_id"] == message_id
    )


def endpoint(row: Record) -> Endpoint:
    """The dataclass of a row of webhooks."""
    return Endpoint(
        row["webhook_id"],
        row["url"],
        tuple(row["event_types"]),
        row["display_name"],
        row["disabled"],
        row["secret"],
        row["former_secret"],
        row["former_until"],
        row["disabled_reason"],
        row["failing_since"],
        row["created_at"],
        row["updated_at"],
    )


def delivery(row: Record) -> Delivery:
    """The dataclass of a row of webhook_deliveries, without attempts."""
    return Delivery(
        row["webhook_id"],
        row["message_id"],
        row["event_type"],
        row["job_id"],
        row["body"],
        row["state"],
        row["attempts"],
        row["tries"],
        row["next_attempt_at"],
        row["created_at"],
    )
