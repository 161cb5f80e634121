"""The broker's streams, made again where they are found lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from studio_platform.broker import Broker
from studio_platform.errors import Unavailable


async def with_streams(broker: Broker, ask: Callable[[], Awaitable[None]]) -> None:
    """Ask the broker for something, once more after its streams were made again if it fails.

    A broker that lost its disk has none, and where nothing is published the relay doesn't notice. Raises
    Unavailable when it is away.
    """
    try:
        await ask()
    except Unavailable:
        await broker.ensure()
        await ask()
