"""The layer that gives every call an end: the client's deadline or this server's maximum, the lesser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from studio_platform.deadlines import set_remaining_seconds
from studio_platform.errors import DeadlineExceeded
from studio_platform.interceptors.layers import ServerCall

UNARY_MAX_SECONDS = 60.0


class DeadlineLayer:
    """Bounds calls with one answer by `unary_max_seconds`; streams by the client's deadline only."""

    def __init__(self, unary_max_seconds: float = UNARY_MAX_SECONDS) -> None:
        self._unary_max_seconds = unary_max_seconds

    @asynccontextmanager
    async def around(self, call: ServerCall) -> AsyncIterator[None]:
        """Within it `deadlines.remaining_seconds()` tells what is left. Raises DeadlineExceeded."""
        limit = self._limit_seconds(call)
        set_remaining_seconds(limit)
        scope = asyncio.timeout(limit)
        try:
            async with scope:
                yield
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise DeadlineExceeded("DEADLINE_EXCEEDED", "The call took too long.") from error

    def admit(self, call: ServerCall, request: Any) -> None:
        """Any message passes."""

    def _limit_seconds(self, call: ServerCall) -> float | None:
        given: float | None = call.context.time_remaining()
        if call.streams_response:
            return given
        return self._unary_max_seconds if given is None else min(given, self._unary_max_seconds)
