"""Deletes many objects, some at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from studio_platform.objects import ObjectStore


async def delete_all(objects: ObjectStore, keys: Iterable[str], concurrent_max: int) -> None:
    """Delete the objects; one that is gone is no fault. Raises StoreUnavailable."""
    gate = asyncio.Semaphore(concurrent_max)

    async def delete(key: str) -> None:
        async with gate:
            await objects.delete(key)

    await asyncio.gather(*map(delete, keys))
