"""Asks a provider from an engine's thread: bounded, paced, tried again, given up when a run is cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from studio_models.loading import ModelError
from studio_models.provider import faults
from studio_models.provider.answers import Answer, is_policy
from studio_models.provider.choices import ProviderChoice
from studio_models.provider.pacing import asked_seconds, pause_seconds, reset_seconds
from studio_platform.clock import Clock, SystemClock
from studio_platform.engine import EngineFailure, Run
from studio_platform.logs import get_logger

if TYPE_CHECKING:
    import openai

LOOK_SECONDS = 0.1
"""How often a waiting engine looks whether its run was cancelled."""

CLOSE_MAX_SECONDS = 5.0
_NO_KEY = "none"
_log = get_logger(__name__)

T = TypeVar("T")
Call = Callable[["openai.AsyncOpenAI"], AbstractAsyncContextManager[Any]]
"""Begins a call of the openai package, of those with a streaming response."""


@dataclass(frozen=True, slots=True)
class _Serving:
    """What there is between load and close."""

    client: openai.AsyncOpenAI
    loop: asyncio.AbstractEventLoop
    thread: threading.Thread


class ProviderClient:
    """Calls of one provider by all lanes of a process, on a loop in a thread of their own."""

    def __init__(self, choice: ProviderChoice, clock: Clock | None = None) -> None:
        self._choice = choice
        self._clock = clock or SystemClock()
        self._not_before = 0.0
        self._serving: _Serving | None = None
        self._lanes = asyncio.Semaphore(choice.calls_max)

    @property
    def host(self) -> str:
        """Whom failures name."""
        return self._choice.host

    def load(self) -> None:
        """Start the loop. Nothing is asked: a provider that is away doesn't keep a pool from starting.

        Raises ModelError without the openai package.
        """
        try:
            # Heavy: an engine without a provider never loads it.
            import openai
        except ImportError as missing:
            raise ModelError(
                f"{missing.name} is not installed: this engine needs pip install 'studio-models[openai]'."
            ) from missing
        client = openai.AsyncOpenAI(
            base_url=self._choice.base_url,
            api_key=self._choice.api_key or _NO_KEY,
            max_retries=0,
            timeout=self._choice.timeout_seconds,
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="provider", daemon=True)
        thread.start()
        self._serving = _Serving(client, loop, thread)

    def close(self) -> None:
        """End the loop and the connections."""
        if self._serving is None:
            return
        loop = self._serving.loop
        asyncio.run_coroutine_threadsafe(self._serving.client.close(), loop).result(CLOSE_MAX_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        self._serving.thread.join(CLOSE_MAX_SECONDS)
        loop.close()
        self._serving = None

    def ask(self, run: Run, call: Call, bytes_max: int) -> Answer:
        """The whole answer of a call. Raises EngineFailure, and RunCancelled within a moment of a cancel."""
        return self._awaited(run, lambda: self._tried(call, bytes_max))

    def sleep(self, run: Run, seconds: float) -> None:
        """Wait, unless the run is cancelled. Raises RunCancelled."""
        self._awaited(run, lambda: self._clock.sleep(seconds))

    def _awaited(self, run: Run, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        run.raise_if_cancelled()
        future = asyncio.run_coroutine_threadsafe(begin(), self._served().loop)
        try:
            while not wait([future], LOOK_SECONDS).done:
                run.raise_if_cancelled()
            return future.result()
        finally:
            future.cancel()

    async def _tried(self, call: Call, bytes_max: int) -> Answer:
        """Ask until there is an answer, or no try helps."""
        for attempt in range(1, self._choice.tries_max + 1):
            try:
                async with self._lanes:
                    body, headers = await self._once(call, bytes_max)
                return Answer(body, headers, attempt)
            except _Refused as refused:
                fault, wait_seconds = refused.failure, refused.wait_seconds
            if wait_seconds is None:
                wait_seconds = pause_seconds(self._choice.pause_seconds, attempt)
            is_last = attempt == self._choice.tries_max or wait_seconds > self._choice.wait_max_seconds
            if fault.permanent or is_last:
                raise fault
            _log.warning("provider is asked again", fault=fault.log_text, attempt=attempt, pause=wait_seconds)
            await self._clock.sleep(wait_seconds)
        raise AssertionError("unreachable")

    async def _once(self, call: Call, bytes_max: int) -> tuple[bytes, dict[str, str]]:
        """One try. Raises _Refused."""
        import httpx2
        import openai

        await self._clock.sleep(self._not_before - self._clock.monotonic())
        try:
            async with asyncio.timeout(self._choice.timeout_seconds):
                return await self._read(call, bytes_max)
        except openai.APIStatusError as error:
            raise self._judged(error) from error
        except TimeoutError as error:
            raise _Refused(faults.slow(self.host, self._choice.timeout_seconds)) from error
        except (openai.APIConnectionError, httpx2.TransportError) as error:
            raise _Refused(faults.away(self.host, repr(error))) from error

    async def _read(self, call: Call, bytes_max: int) -> tuple[bytes, dict[str, str]]:
        """The body, read only as far as it may go."""
        body = bytearray()
        async with call(self._served().client) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            self._pace(headers)
            async for part in response.iter_bytes():
                body += part
                if len(body) > bytes_max:
                    raise _Refused(faults.too_large(self.host, bytes_max))
        return bytes(body), headers

    def _served(self) -> _Serving:
        if self._serving is None:
            raise RuntimeError("a provider is asked before load()")
        return self._serving

    def _pace(self, headers: dict[str, str]) -> None:
        """Hold the next calls while the provider says that none remain."""
        reset = reset_seconds(headers)
        if reset is not None:
            held = min(reset, self._choice.wait_max_seconds)
            self._not_before = max(self._not_before, self._clock.monotonic() + held)

    def _judged(self, error: openai.APIStatusError) -> _Refused:
        """What an error status means, and the wait that comes with it."""
        status, detail = error.status_code, f"HTTP {error.status_code}: {error.message}"
        headers = {name.lower(): value for name, value in error.response.headers.items()}
        asked = asked_seconds(headers, self._clock.now())
        if is_policy(error.code):
            return _Refused(faults.content_refused(self.host, detail))
        if status == 429 and error.code == "insufficient_quota":
            return _Refused(faults.out_of_money(self.host, detail))
        if status == 429:
            return _Refused(faults.busy(self.host, detail), asked)
        if status in (408, 409) or status >= 500:
            return _Refused(faults.away(self.host, detail), asked)
        if status == 404:
            return _Refused(NotThere(self.host, detail))
        return _Refused(faults.misconfigured(self.host, detail))


class NotThere(EngineFailure):
    """The provider has nothing under this address: it knows the model not, or a clip no longer."""

    def __init__(self, host: str, detail: str) -> None:
        base = faults.misconfigured(host, detail)
        super().__init__(base.reason, base.user_text, log_text=base.log_text, permanent=True)


class _Refused(Exception):
    """A try that came to nothing; `wait_seconds` is what the provider asks for before the next."""

    def __init__(self, failure: EngineFailure, wait_seconds: float | None = None) -> None:
        super().__init__(failure.log_text)
        self.failure = failure
        self.wait_seconds = wait_seconds
