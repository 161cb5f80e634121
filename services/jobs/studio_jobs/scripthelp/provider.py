"""A language model behind any address that speaks OpenAI's chat completions with structured outputs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from studio_jobs.scripthelp import faults
from studio_jobs.scripthelp.faults import AnswerUnusable
from studio_platform.clock import Clock
from studio_platform.deadlines import remaining_seconds, timeout_for_call
from studio_platform.errors import StudioError

if TYPE_CHECKING:
    import openai

ANSWER_BYTES_MAX = 2 * 1024 * 1024
TRIES_MAX = 3
CALLS_AT_A_TIME_MAX = 8
# What is left for the answer after a wait that the provider asks for.
ANSWER_SECONDS_MIN = 1.0
_NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a model answers; a call lasts `timeout_seconds` at most, an answer `answer_tokens_max`.

    `pause_seconds` lie before another try where the provider names no time.
    """

    base_url: str
    api_key: str
    model: str
    timeout_seconds: float
    answer_tokens_max: int
    pause_seconds: float = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the task, what it is about, and the JSON schema of the answer."""

    task: str
    about: str
    name: str
    schema: dict[str, Any]
    earlier: tuple[tuple[str, str], ...] = ()
    """Answers before, each with what was wrong about it."""


@asynccontextmanager
async def open_model(provider: Provider, clock: Clock) -> AsyncIterator[Model]:
    """A model, ready to be asked."""
    # Heavy: a studio without a model never loads it.
    import openai

    async with openai.AsyncOpenAI(
        base_url=provider.base_url, api_key=provider.api_key or _NO_KEY, max_retries=0
    ) as client:
        yield Model(client, provider, clock)


class Model:
    """Asks one question at a time of a few; the provider's words reach the logs, never a client."""

    def __init__(self, client: openai.AsyncOpenAI, provider: Provider, clock: Clock) -> None:
        self._client = client
        self._provider = provider
        self._clock = clock
        self._lanes = asyncio.Semaphore(CALLS_AT_A_TIME_MAX)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._provider.model

    async def answer(self, question: Question) -> str:
        """The answer's text. Raises AnswerUnusable when it is none, StudioError."""
        limit = timeout_for_call(self._provider.timeout_seconds)
        assert limit is not None  # noqa: S101 -- the provider has a limit of its own
        scope = asyncio.timeout(limit)
        try:
            async with scope, self._lanes:
                return await self._tried(question, asyncio.get_running_loop().time() + limit)
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise faults.slow(limit) from error

    async def _tried(self, question: Question, end: float) -> str:
        """Ask until there is an answer; waits for as long as the provider asks, if that is in time."""
        import httpx2
        import openai

        for attempt in range(1, TRIES_MAX + 1):
            try:
                return _text_of(await self._body(question))
            except openai.APIStatusError as error:
                fault, pause_seconds = self._judged(error)
            except (openai.APIConnectionError, httpx2.TransportError) as error:
                fault, pause_seconds = faults.away(repr(error)), self._provider.pause_seconds
            left = end - asyncio.get_running_loop().time() - ANSWER_SECONDS_MIN
            if pause_seconds is None or attempt == TRIES_MAX or pause_seconds > left:
                raise fault
            await asyncio.sleep(pause_seconds)
        raise AssertionError("unreachable")

    async def _body(self, question: Question) -> bytes:
        """The answer's body, read only as far as it is allowed to go."""
        left = remaining_seconds()
        create = self._client.chat.completions.with_streaming_response.create
        body = bytearray()
        async with create(
            model=self._provider.model,
            messages=_messages(question),
            response_format={
                "type": "json_schema",
                "json_schema": {"name": question.name, "strict": True, "schema": question.schema},
            },
            max_completion_tokens=self._provider.answer_tokens_max,
            timeout=left if left is not None else self._provider.timeout_seconds,
        ) as response:
            async for part in response.iter_bytes():
                body += part
                if len(body) > ANSWER_BYTES_MAX:
                    raise AnswerUnusable(f"The answer is longer than {ANSWER_BYTES_MAX:,} bytes; be brief.")
        return bytes(body)

    def _judged(self, error: openai.APIStatusError) -> tuple[StudioError, float | None]:
        """The fault, and how long to wait before the next try; None where no try helps."""
        status, detail = error.status_code, f"HTTP {error.status_code}: {error.message}"
        if error.code in ("content_policy_violation", "content_filter"):
            return faults.refused(), None
        if status == 429:
            if error.code == "insufficient_quota":
                return faults.busy(None, detail), None
            wait_seconds = self._retry_after_seconds(error.response.headers)
            return faults.busy(wait_seconds, detail), wait_seconds
        if status == 408 or status >= 500:
            return faults.away(detail), self._retry_after_seconds(error.response.headers)
        return faults.misconfigured(detail), None

    def _retry_after_seconds(self, headers: Any) -> float:
        """What the provider asks for, in seconds or as a date; a short pause where it says nothing."""
        said = headers.get("retry-after", "").strip()
        try:
            return max(0.0, float(said))
        except ValueError:
            pass
        try:
            return max(0.0, (parsedate_to_datetime(said) - self._clock.now()).total_seconds())
        except (TypeError, ValueError):
            return self._provider.pause_seconds


def _messages(question: Question) -> Any:
    messages = [
        {"role": "system", "content": question.task},
        {"role": "user", "content": question.about},
    ]
    for answer, fault in question.earlier:
        messages.append({"role": "assistant", "content": answer})
        messages.append({"role": "user", "content": f"This can't be used: {fault} Answer again, in full."})
    return messages


def _text_of(body: bytes) -> str:
    """The text of a completion. Raises AnswerUnusable, StudioError for a refusal or an error in it."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise faults.away(f"no JSON: {body[:200]!r}") from error
    if not isinstance(document, dict) or document.get("error"):
        raise faults.away(f"an error in the answer: {body[:300]!r}")
    try:
        choice = document["choices"][0]
        message, reason = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise faults.away(f"no completion: {body[:300]!r}") from error
    if refusal or reason == "content_filter":
        raise faults.refused()
    if reason == "length":
        raise AnswerUnusable("The answer was cut off because it is too long; be brief.")
    if not isinstance(text, str) or not text.strip():
        raise AnswerUnusable("The answer is empty.")
    return text
