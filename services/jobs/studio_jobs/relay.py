"""Carries the outbox to the broker: at least once, in batches, from every replica."""

from __future__ import annotations

import structlog

from studio_jobs.sql import SQL
from studio_platform.broker import Broker, Outcome, OutMessage
from studio_platform.database import Database
from studio_platform.faults import Faults

_log = structlog.get_logger(__name__)

OUTBOX_BATCH_MAX = 200

_DONE = frozenset({Outcome.STORED, Outcome.DUPLICATE, Outcome.QUEUED_ALREADY, Outcome.TOO_LARGE})
"""Nothing more to do. Only an event can be too large, and its watchers read it from Postgres."""


class Relay:
    """Publishes rows that it holds locked, and deletes them once the broker has them."""

    def __init__(self, database: Database, broker: Broker, faults: Faults) -> None:
        self._database = database
        self._broker = broker
        self._faults = faults

    async def step(self) -> bool:
        """Publish one batch; whether there may be more to publish at once.

        What the broker refuses (a full stream, no answer) stays in the outbox for the next round.
        """
        async with self._database.transaction() as tx:
            taken = await tx.fetch(SQL["take_outbox"], OUTBOX_BATCH_MAX)
            if not taken:
                return False
            self._faults.hit("jobs.relay.before_publish")
            outcomes = await self._broker.publish_batch(
                [OutMessage(row["subject"], row["payload"], str(row["id"])) for row in taken]
            )
            self._faults.hit("jobs.relay.after_publish")
            done = [row["id"] for row, outcome in zip(taken, outcomes, strict=True) if outcome in _DONE]
            await tx.execute(SQL["delete_outbox"], done)
        self._faults.hit("jobs.relay.after_commit")
        for row, outcome in zip(taken, outcomes, strict=True):
            if outcome is Outcome.TOO_LARGE:
                _log.error("message too large, dropped", subject=row["subject"], size=len(row["payload"]))
        if Outcome.NO_STREAM in outcomes:
            _log.warning("the broker lost its streams, making them again")
            await self._broker.ensure()
        refused = len(taken) - len(done)
        if refused:
            _log.warning("the broker refused messages, trying again", refused=refused, taken=len(taken))
        return refused == 0 and len(taken) == OUTBOX_BATCH_MAX
