"""Removes refresh tokens and API keys long after their end, a batch at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from studio_platform.clock import Clock
from studio_platform.errors import Unavailable
from studio_platform.logs import get_logger

INTERVAL_SECONDS = 3600.0
BATCH_ROWS = 1_000
KEPT_AFTER_END = timedelta(days=7)

_log = get_logger(__name__)


class Expiring(Protocol):
    """Where rows are kept that end."""

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Removes at most `limit` rows that ended before then; how many."""
        ...


async def remove_expired(stores: Sequence[Expiring], clock: Clock, stopping: asyncio.Event) -> None:
    """Works every INTERVAL_SECONDS until `stopping` is set; a database that is away is left for later."""
    while not stopping.is_set():
        try:
            for store in stores:
                while await store.delete_expired(clock.now() - KEPT_AFTER_END, BATCH_ROWS) == BATCH_ROWS:
                    _log.debug("expired rows removed", rows=BATCH_ROWS)
        except Unavailable as error:
            _log.warning("expired rows not removed", error=error.log_text)
        try:
            async with asyncio.timeout(INTERVAL_SECONDS):
                await stopping.wait()
        except TimeoutError:
            continue
