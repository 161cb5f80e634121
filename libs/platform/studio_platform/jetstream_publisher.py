"""Publishing to JetStream: a batch on its way at once, each answer read for what it says.

nats-py's own `publish_async` never answers for a message that a stream refuses: its callback raises.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from itertools import count

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from studio_platform.broker import PAYLOAD_MAX_BYTES, Outcome, OutMessage
from studio_platform.logs import get_logger
from studio_platform.topology import Stream

PUBLISH_TIMEOUT_SECONDS = 5.0
LOOK_TIMEOUT_SECONDS = 1.0
PUBLISH_PENDING_MAX = 1024
NO_STREAM_STATUS = "503"
ERR_STORE_FAILED = 10077
"""JetStream's refusal of a message by a full stream or a taken subject (JSStreamStoreFailedF)."""

_log = get_logger(__name__)

FAILED = Outcome.FAILED

_Answer = asyncio.Future[Outcome]


class Publisher:
    """Publishes over one connection; all answers come to one inbox."""

    def __init__(self, client: Client, js: JetStreamContext, streams: Sequence[Stream]) -> None:
        self._client = client
        self._js = js
        self._streams = streams
        self._inbox = client.new_inbox()
        self._listening = asyncio.Lock()
        self._is_listening = False
        self._tokens = count()
        self._answers: dict[str, _Answer] = {}

    async def publish(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish in order; what became of each within the timeout. Never raises."""
        outcomes: list[Outcome] = []
        for start in range(0, len(messages), PUBLISH_PENDING_MAX):
            outcomes += await self._publish(messages[start : start + PUBLISH_PENDING_MAX])
        silent = [message for message, outcome in zip(messages, outcomes, strict=True) if outcome is FAILED]
        gone = await self._gone_streams(silent)
        return [
            Outcome.NO_STREAM if outcome is FAILED and _is_for(gone, message) else outcome
            for message, outcome in zip(messages, outcomes, strict=True)
        ]

    async def _publish(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        answers: dict[str, _Answer] = {
            f"{self._inbox}.{next(self._tokens)}": asyncio.get_running_loop().create_future()
            for _ in messages
        }
        self._answers |= answers
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                await self._listen()
                for (reply, answer), message in zip(answers.items(), messages, strict=True):
                    await self._send(message, reply, answer)
                await asyncio.wait(answers.values())
        except (TimeoutError, NatsError) as error:
            late = sum(not answer.done() for answer in answers.values())
            _log.warning("publish without an answer", unanswered=late, of=len(answers), error=repr(error))
        finally:
            for reply in answers:
                del self._answers[reply]
        return [answer.result() if answer.done() else FAILED for answer in answers.values()]

    async def _gone_streams(self, silent: Sequence[OutMessage]) -> list[Stream]:
        """The streams of these that are not there: where somebody listens, a lost stream is silence."""
        concerned = [stream for stream in self._streams if any(_is_for([stream], m) for m in silent)]
        return [stream for stream in concerned if await self._is_gone(stream)]

    async def _is_gone(self, stream: Stream) -> bool:
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_SECONDS):
                await self._js.stream_info(stream.name)
        except NotFoundError:
            return True
        except (TimeoutError, NatsError):
            return False
        return False

    async def _listen(self) -> None:
        async with self._listening:
            if not self._is_listening:
                await self._client.subscribe(f"{self._inbox}.*", cb=self._hear)
                self._is_listening = True

    async def _hear(self, said: Msg) -> None:
        answer = self._answers.get(said.subject)
        if answer is not None and not answer.done():
            answer.set_result(_outcome(said))

    async def _send(self, message: OutMessage, reply: str, answer: _Answer) -> None:
        # One that the server finds too large, headers included, would cost the whole connection for good.
        if len(message.payload) > PAYLOAD_MAX_BYTES:
            answer.set_result(Outcome.TOO_LARGE)
            return
        headers = {"Nats-Msg-Id": message.message_id}
        try:
            await self._client.publish(message.subject, message.payload, reply, headers)
        except NatsError as error:
            _log.warning("publish failed", subject=message.subject, error=repr(error))
            answer.set_result(FAILED)


def _is_for(streams: Sequence[Stream], message: OutMessage) -> bool:
    return any(stream.takes(message.subject) for stream in streams)


def _outcome(said: Msg) -> Outcome:
    if said.headers and said.headers.get("Status") == NO_STREAM_STATUS:
        return Outcome.NO_STREAM
    answer = json.loads(said.data)
    error = answer.get("error")
    if error is None:
        return Outcome.DUPLICATE if answer.get("duplicate") else Outcome.STORED
    if error.get("err_code") == ERR_STORE_FAILED:
        per_subject = "per subject" in error.get("description", "")
        return Outcome.QUEUED_ALREADY if per_subject else Outcome.STREAM_FULL
    _log.warning("publish refused", error=error)
    return FAILED
