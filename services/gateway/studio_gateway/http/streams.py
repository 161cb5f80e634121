"""Streams of answers as server-sent events or as lines of JSON, with signs of life while nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from google.protobuf.message import Message

from studio_gateway.http.answers import encoded, message_json
from studio_gateway.http.refusals import not_acceptable

EVENTS_TYPE = "text/event-stream"
LINES_TYPE = "application/x-ndjson"
HEARTBEAT_SECONDS = 15.0
FIRST_ANSWER_SECONDS = 0.5
"""How long the head of the answer waits for a refusal, which else would come after a 200."""


class StreamForm(Protocol):
    """How answers are written."""

    content_type: str
    heartbeat: bytes
    end: bytes

    def answer(self, message: Message) -> bytes:
        """One answer."""
        ...

    def failure(self, document: dict[str, Any]) -> bytes:
        """What ended the stream."""
        ...


class EventForm:
    """Server-sent events: answers with the id at `id_field`; the last event is "end" or "failure"."""

    content_type = EVENTS_TYPE
    heartbeat = b": alive\n\n"
    end = b"event: end\ndata: {}\n\n"

    def __init__(self, id_field: str, response_body: str) -> None:
        self._id_field = id_field
        self._response_body = response_body

    def answer(self, message: Message) -> bytes:
        """`id: 7` where it has one, and `data:` with JSON, which holds no line break."""
        number = value_at(message, self._id_field) if self._id_field else None
        head = b"" if number is None else f"id: {number}\n".encode()
        return head + b"data: " + message_json(message, self._response_body) + b"\n\n"

    def failure(self, document: dict[str, Any]) -> bytes:
        """The event "failure": "error" would be taken for the browser's own."""
        return b"event: failure\ndata: " + encoded(document) + b"\n\n"


class LineForm:
    """A line of JSON for each answer; an empty line is a sign of life; the last may be {"error": ...}."""

    content_type = LINES_TYPE
    heartbeat = b"\n"
    end = b""

    def __init__(self, response_body: str) -> None:
        self._response_body = response_body

    def answer(self, message: Message) -> bytes:
        """One line."""
        return message_json(message, self._response_body) + b"\n"

    def failure(self, document: dict[str, Any]) -> bytes:
        """One line."""
        return encoded(document) + b"\n"


def form_for(accept: str, id_field: str, response_body: str) -> StreamForm:
    """The form that an Accept header asks for; events where it names neither. Raises Refusal (406)."""
    ranges = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    if LINES_TYPE in ranges and EVENTS_TYPE not in ranges:
        return LineForm(response_body)
    if not accept or {EVENTS_TYPE, "text/*", "*/*"} & set(ranges):
        return EventForm(id_field, response_body)
    if "application/*" in ranges:
        return LineForm(response_body)
    raise not_acceptable((EVENTS_TYPE, LINES_TYPE))


def value_at(message: Message, path: str) -> Any:
    """The value at a path with dots, by the contract's names; None where it or a parent is unset."""
    *parents, last = path.split(".")
    for name in parents:
        if not message.HasField(name):
            return None
        message = getattr(message, name)
    return getattr(message, last) or None


@asynccontextmanager
async def pumped(answers: AsyncIterator[Message]) -> AsyncIterator[Pump]:
    """The answers, read by a task of their own, which ends with the block."""
    pump = Pump(answers)
    try:
        yield pump
    finally:
        await pump.close()


class Pump:
    """Reads a stream one answer ahead, so that waiting for the next can be interrupted without harm."""

    def __init__(self, answers: AsyncIterator[Message]) -> None:
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(1)
        self._task = asyncio.create_task(self._read(answers))

    async def next(self, patience_seconds: float) -> Message | None:
        """The next answer; None at the end. Raises TimeoutError, and what ended the stream."""
        async with asyncio.timeout(patience_seconds):
            answer = await self._queue.get()
        if answer is None:
            await self._task
        return answer

    async def close(self) -> None:
        """Ends the reading."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _read(self, answers: AsyncIterator[Message]) -> None:
        try:
            async for answer in answers:
                await self._queue.put(answer)
        finally:
            # Nobody waits any more when the reading was cancelled.
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                await self._queue.put(None)
