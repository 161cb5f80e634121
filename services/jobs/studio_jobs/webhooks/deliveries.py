"""Sends what waits for webhooks: at least once, from every replica, tried again over a day and a half."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from studio_jobs.wake import Loop, Wakes, run_loop
from studio_jobs.webhooks.endpoints import WEBHOOKS, Delivery, Endpoint, delivery, endpoint
from studio_jobs.webhooks.sending import GONE, SEND_SECONDS_MAX, Answer, Message, Sender
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database
from studio_platform.faults import Faults

_log = structlog.get_logger(__name__)

LANES = 4
"""Webhooks of one replica that are sent to at once; one that is slow holds up no other lane."""

MESSAGES_AT_A_TIME = 8
TURN_SECONDS_MAX = SEND_SECONDS_MAX
"""After this long no further message is begun, and others have their turn."""

LEASE = timedelta(seconds=2 * (TURN_SECONDS_MAX + SEND_SECONDS_MAX))
"""How long a webhook waits for a sender that died."""

PAUSES_SECONDS = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400)
"""Between attempts: nine in all, over about 31 hours."""

JITTER_PERMILLE_MAX = 200
REMOVAL_INTERVAL_SECONDS = 60.0
REMOVED_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long messages are kept in the log, and after how long without a success a webhook is disabled."""

    log_kept: timedelta
    failing_max: timedelta


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt and what came of it."""

    delivery: Delivery
    answer: Answer
    began_at: datetime
    duration_ms: int


class Deliveries:
    """A webhook is leased by one sender at a time; a sender that dies is replaced when its lease is over."""

    def __init__(
        self, database: Database, sender: Sender, clock: Clock, faults: Faults, patience: Patience
    ) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock
        self._faults = faults
        self._patience = patience

    async def run(self, wakes: Wakes, poll_seconds: float, stopping: asyncio.Event) -> None:
        """Send until `stopping` is set."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(LANES):
                lanes.create_task(run_loop(wakes, Loop.WEBHOOKS, poll_seconds, self.step, stopping))
            often = REMOVAL_INTERVAL_SECONDS
            lanes.create_task(run_loop(wakes, Loop.WEBHOOK_LOG, often, self.remove_old, stopping))

    async def step(self) -> bool:
        """Send what is due to the webhook that waited longest; whether there was one."""
        now = self._clock.now()
        row = await self._database.fetchrow(WEBHOOKS["claim_webhook"], now, now + LEASE)
        if row is None:
            return False
        self._faults.hit("jobs.webhooks.claimed")
        claimed = endpoint(row)
        if claimed.disabled:
            await self._drop(claimed.webhook_id)
            return True
        due = await self._database.fetch(
            WEBHOOKS["due_deliveries"], claimed.webhook_id, now, MESSAGES_AT_A_TIME
        )
        sent = await self._send(claimed, [delivery(row) for row in due])
        self._faults.hit("jobs.webhooks.sent")
        await self._note(claimed.webhook_id, sent)
        self._faults.hit("jobs.webhooks.noted")
        return True

    async def remove_old(self) -> bool:
        """Remove a batch of what the log has kept long enough; whether there may be more."""
        before = self._clock.now() - self._patience.log_kept
        removed = await self._database.fetchval(WEBHOOKS["remove_old_deliveries"], before, REMOVED_AT_A_TIME)
        return bool(removed == REMOVED_AT_A_TIME)

    async def _send(self, to: Endpoint, due: Sequence[Delivery]) -> list[Sent]:
        """One after the other, so that what is taken at once arrives in order; as many as fit into a turn."""
        end, sent = self._clock.monotonic() + TURN_SECONDS_MAX, list[Sent]()
        for waiting in due:
            if sent and self._clock.monotonic() >= end:
                break
            sent.append(await self._attempt(to, waiting))
        return sent

    async def _attempt(self, to: Endpoint, waiting: Delivery) -> Sent:
        began_at, began = self._clock.now(), self._clock.monotonic()
        message = Message(waiting.message_id, to.url, waiting.body, to.secrets_at(began_at))
        answer = await self._sender.send(message, began_at)
        return Sent(waiting, answer, began_at, round((self._clock.monotonic() - began) * 1000))

    async def _note(self, webhook_id: UUID, sent: Sequence[Sent]) -> None:
        now = self._clock.now()
        failed = not any(each.answer.is_success for each in sent) if sent else None
        async with self._database.transaction() as tx:
            since = await tx.fetchval(WEBHOOKS["release_webhook"], webhook_id, now, failed)
            for each in sent:
                await self._settle(tx, each, now)
            reason = self._reason_to_disable(sent, since, now)
            if reason:
                await tx.execute(WEBHOOKS["disable_webhook"], webhook_id, reason, now)
                await tx.execute(WEBHOOKS["drop_deliveries"], webhook_id)
        if reason:
            _log.warning("webhook disabled", webhook_id=str(webhook_id), reason=reason)

    async def _settle(self, tx: Connection, sent: Sent, now: datetime) -> None:
        """Note one attempt, unless another sender did while this one was taken for dead."""
        of = (sent.delivery.webhook_id, sent.delivery.message_id)
        state, next_at = _outcome(sent, now)
        number = await tx.fetchval(
            WEBHOOKS["settle_delivery"], *of, sent.delivery.attempts_made, state, next_at
        )
        if number is not None:
            answer = sent.answer
            said = (answer.status, answer.response, answer.error)
            await tx.execute(WEBHOOKS["insert_attempt"], *of, number, sent.began_at, sent.duration_ms, *said)

    def _reason_to_disable(self, sent: Sequence[Sent], since: datetime | None, now: datetime) -> str:
        if any(each.answer.status == GONE for each in sent):
            return "It answered 410: gone."
        if since is not None and now - since >= self._patience.failing_max:
            hours = round(self._patience.failing_max / timedelta(hours=1))
            return f"Every attempt failed for {hours} hours."
        return ""

    async def _drop(self, webhook_id: UUID) -> None:
        """What was written for a webhook while it was being disabled."""
        async with self._database.transaction() as tx:
            await tx.execute(WEBHOOKS["release_webhook"], webhook_id, self._clock.now(), None)
            await tx.execute(WEBHOOKS["drop_deliveries"], webhook_id)


def pause_after(message_id: UUID, tries: int) -> timedelta | None:
    """The wait after the `tries`-th failed attempt (from 1), up to a fifth more; None: it was the last."""
    if tries > len(PAUSES_SECONDS):
        return None
    # Messages that failed together are not tried again together.
    digest = hashlib.sha256(message_id.bytes + bytes([tries])).digest()
    permille = 1000 + int.from_bytes(digest[:4], "big") % (JITTER_PERMILLE_MAX + 1)
    return timedelta(seconds=PAUSES_SECONDS[tries - 1]) * permille / 1000


def _outcome(sent: Sent, now: datetime) -> tuple[str, datetime]:
    """The message's state after an attempt, and when the next one is due, if one is."""
    if sent.answer.is_success:
        return "DELIVERED", now
    pause = pause_after(sent.delivery.message_id, sent.delivery.tries + 1)
    return ("FAILED", now) if pause is None else ("WAITING", now + pause)
