"""Removes refresh tokens long after their end, a batch at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from studio_gateway.account import AccountStore
from studio_platform.clock import Clock
from studio_platform.errors import Unavailable
from studio_platform.logs import get_logger

INTERVAL_SECONDS = 3600.0
BATCH_TOKENS = 1_000
KEPT_AFTER_END = timedelta(days=7)

_log = get_logger(__name__)


async def remove_expired(store: AccountStore, clock: Clock, stopping: asyncio.Event) -> None:
    """Works every INTERVAL_SECONDS until `stopping` is set; a database that is away is left for later."""
    while not stopping.is_set():
        try:
            while await store.delete_expired(clock.now() - KEPT_AFTER_END, BATCH_TOKENS) == BATCH_TOKENS:
                _log.debug("expired tokens removed", tokens=BATCH_TOKENS)
        except Unavailable as error:
            _log.warning("expired tokens not removed", error=error.log_text)
        try:
            async with asyncio.timeout(INTERVAL_SECONDS):
                await stopping.wait()
        except TimeoutError:
            continue
