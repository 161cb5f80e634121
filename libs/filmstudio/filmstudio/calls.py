"""Calls of one session: signed, repeated while the studio is away, with errors of the client's own kind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc

from filmstudio.errors import FilmStudioError
from filmstudio.refusals import client_error, may_pass, retry_after_seconds
from filmstudio.session import CALL_TIMEOUT_SECONDS, Session

FIRST_ANSWER_SECONDS = 10.0
AWAY_MAX_SECONDS = 60.0
BUSY_MAX_SECONDS = 30.0
PAUSE_FIRST_SECONDS = 0.1
PAUSE_MAX_SECONDS = 2.0

T = TypeVar("T")
OnAway = Callable[[float], None]
"""Told for how many seconds the studio has been away, at each failed try."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a studio may be away: one that has never answered, and one that has, seconds.

    `busy_seconds`: how long in all one call waits when the studio says that it came too often.
    """

    first_seconds: float = FIRST_ANSWER_SECONDS
    later_seconds: float = AWAY_MAX_SECONDS
    busy_seconds: float = BUSY_MAX_SECONDS


class Caller:
    """Makes calls at one studio."""

    def __init__(self, server: str, session: Session, patience: Patience) -> None:
        self._server = server
        self._session = session
        self._patience = patience
        self._has_answered = False

    async def unary(
        self,
        method: Callable[..., Awaitable[T]],
        request: Any,
        timeout_seconds: float = CALL_TIMEOUT_SECONDS,
    ) -> T:
        """The answer, each try within the timeout. Raises FilmStudioError."""
        absence = Absence()
        while True:
            try:
                answer = await self._signed(method, request, timeout_seconds)
            except grpc.aio.AioRpcError as error:
                await self.wait_out(error, absence)
            else:
                self._has_answered = True
                return answer

    async def pages(self, method: Callable[..., Awaitable[T]], request: Any) -> AsyncGenerator[T, None]:
        """The pages of a list, one call each. Raises FilmStudioError."""
        while True:
            page: Any = await self.unary(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def stream(
        self, method: Callable[..., Any], request: Any, absence: Absence
    ) -> AsyncGenerator[Any, None]:
        """The answers until the stream ends or breaks; `absence` ends with the first.

        A stream whose token is refused ends; the next one has another. Raises FilmStudioError, and
        grpc.aio.AioRpcError for a break, which `wait_out` judges.
        """
        metadata = await self._session.metadata()
        call = method(request, metadata=metadata)
        try:
            async for answer in call:
                self._has_answered = True
                absence.end()
                yield answer
        except grpc.aio.AioRpcError as error:
            if absence.refused or not self._is_refused(error, metadata):
                raise
            absence.refused = True
        finally:
            call.cancel()

    async def wait_out(
        self, error: grpc.aio.AioRpcError, absence: Absence, told: OnAway | None = None
    ) -> None:
        """Pause before the next try, as long as the studio asks for where it does.

        Raises FilmStudioError for what doesn't pass, or has taken too long.
        """
        if (wait_seconds := retry_after_seconds(error)) is not None:
            if not absence.may_wait(wait_seconds, self._patience.busy_seconds):
                raise self.error(error) from error
            await absence.wait(wait_seconds)
            return
        limit = self._patience.later_seconds if self._has_answered else self._patience.first_seconds
        if not may_pass(error) or absence.seconds() > limit:
            raise self.error(error) from error
        if told is not None:
            told(absence.seconds())
        await absence.pause()

    def error(self, error: grpc.aio.AioRpcError) -> FilmStudioError:
        """The client's error."""
        return client_error(error, self._server)

    async def _signed(self, method: Callable[..., Awaitable[T]], request: Any, timeout_seconds: float) -> T:
        metadata = await self._session.metadata()
        try:
            return await method(request, timeout=timeout_seconds, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            if not self._is_refused(error, metadata):
                raise
        metadata = await self._session.metadata()
        return await method(request, timeout=timeout_seconds, metadata=metadata)

    def _is_refused(self, error: grpc.aio.AioRpcError, metadata: Any) -> bool:
        """Whether another token may help: this one ended before its time, or clocks differ."""
        if error.code() is not grpc.StatusCode.UNAUTHENTICATED:
            return False
        self._session.refuse(metadata)
        return True


class Absence:
    """A time in which a studio doesn't answer; it begins with the first failure and ends with an answer.

    `refused` says that it refused a token meanwhile.
    """

    def __init__(self) -> None:
        self.refused = False
        self._since: float | None = None
        self._pauses = 0
        self._waited_seconds = 0.0

    def may_wait(self, seconds: float, limit_seconds: float) -> bool:
        """Whether the waits that were asked for stay within the limit with this one."""
        return self._waited_seconds + seconds <= limit_seconds

    async def wait(self, seconds: float) -> None:
        """Wait as the studio asked; a little longer by chance, so that not all come back at once."""
        self._waited_seconds += seconds
        await asyncio.sleep(seconds * random.uniform(1.0, 1.1))  # noqa: S311 -- spreads retries, no secret

    def seconds(self) -> float:
        """How long it has lasted; it begins now if it hasn't yet."""
        now = asyncio.get_running_loop().time()
        self._since = now if self._since is None else self._since
        return now - self._since

    async def pause(self) -> None:
        """Wait before the next try, each time longer, up to PAUSE_MAX_SECONDS; some part is chance."""
        longest = min(PAUSE_FIRST_SECONDS * 2.0**self._pauses, PAUSE_MAX_SECONDS)
        self._pauses += 1
        await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311 -- spreads retries, no secret

    def end(self) -> None:
        """The studio has answered."""
        self.refused, self._since, self._pauses, self._waited_seconds = False, None, 0, 0.0
