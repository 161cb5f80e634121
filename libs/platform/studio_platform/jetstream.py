"""The broker on NATS JetStream, by nats-py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    KeyValueConfig,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.client import JetStreamContext
from nats.js.errors import APIError, BadRequestError, NotFoundError

from studio_platform.broker import Delivery, Outcome, OutMessage, Poke
from studio_platform.errors import Unavailable
from studio_platform.logs import get_logger
from studio_platform.settings import BrokerSettings
from studio_platform.topology import (
    ACK_PENDING_MAX,
    CANCELS_BUCKET,
    CANCELS_LIFE_SECONDS,
    DUPLICATE_WINDOW_SECONDS,
    RESULTS_CONSUMER,
    STREAMS,
    Consumer,
    Retention,
    Stream,
)

ANSWER_TIMEOUT_SECONDS = 5.0
PUBLISH_TIMEOUT_SECONDS = 10.0
ACK_TIMEOUT_SECONDS = 2.0
RECONNECT_WAIT_SECONDS = 0.1
PUBLISH_PENDING_MAX = 4096
CONNECT_TIMEOUT_SECONDS = 60.0
LISTENER_MAX_POKES = 65_536
RETRY_PAUSE_SECONDS = 0.2
FETCH_STEP_MAX_SECONDS = 1.0
"""An outstanding fetch hangs through a server's restart until its own end, so each is short."""

ERR_SUBJECT_QUEUED = 10077
"""JetStream's refusal of a full stream or a full subject (JSStreamStoreFailedF)."""

_log = get_logger(__name__)


@asynccontextmanager
async def open_broker(settings: BrokerSettings, name: str) -> AsyncIterator[JetStreamBroker]:
    """A connection that lives through every restart of the server; closed without losing pokes.

    Raises Unavailable when the server does not come within a minute.
    """
    client = Client()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            await client.connect(
                settings.nats_url,
                user=settings.nats_user or None,
                password=settings.nats_password.get_secret_value() or None,
                name=name,
                max_reconnect_attempts=-1,
                reconnect_time_wait=RECONNECT_WAIT_SECONDS,  # type: ignore[arg-type]  # a fraction works
                error_cb=_log_error,
                allow_reconnect=True,
            )
    except (TimeoutError, NatsError, OSError) as error:
        raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", repr(error)) from error
    try:
        yield JetStreamBroker(client)
    finally:
        await _close(client)


async def _log_error(error: Exception) -> None:
    _log.warning("broker connection", error=repr(error))


async def _close(client: Client) -> None:
    try:
        async with asyncio.timeout(ACK_TIMEOUT_SECONDS):
            await client.drain()
    except (TimeoutError, NatsError):
        await client.close()


@dataclass(slots=True)
class JetStreamDelivery:
    """A JetStream message in this worker's hands."""

    _message: Msg

    @property
    def subject(self) -> str:
        """Where it was published."""
        return self._message.subject

    @property
    def payload(self) -> bytes:
        """What was published."""
        return self._message.data

    @property
    def deliveries(self) -> int:
        """How often it was delivered, this time included."""
        return int(self._message.metadata.num_delivered or 1)

    async def ack(self) -> None:
        """Done with it. Raises Unavailable when the server does not confirm: it will be delivered again."""
        try:
            await self._message.ack_sync(timeout=ACK_TIMEOUT_SECONDS)
        except (TimeoutError, NatsError) as error:
            raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", repr(error)) from error

    async def in_progress(self) -> None:
        """Start the lease anew; lost without a word while the server is away."""
        await self._message.in_progress()


class JetStreamBroker:
    """See the Broker port."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._js: JetStreamContext = client.jetstream(
            timeout=ANSWER_TIMEOUT_SECONDS, publish_async_max_pending=PUBLISH_PENDING_MAX
        )
        self._pulls: dict[str, JetStreamContext.PullSubscription] = {}
        self._binding = asyncio.Lock()
        self._missing: set[str] = set()

    async def ensure(self) -> None:
        """Make the streams, the jobs' own consumer and the cancel list, or bring them up to date."""
        for stream in STREAMS:
            await self._ensure_stream(_stream_config(stream))
        await self.ensure_pool_consumer(RESULTS_CONSUMER)
        try:
            await self._js.create_key_value(
                KeyValueConfig(bucket=CANCELS_BUCKET, ttl=CANCELS_LIFE_SECONDS, storage=StorageType.FILE)
            )
        except BadRequestError:
            await self._js.key_value(CANCELS_BUCKET)

    async def _ensure_stream(self, config: StreamConfig) -> None:
        try:
            await self._js.add_stream(config)
        except BadRequestError:
            await self._js.update_stream(config)

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """Make a consumer, or bring it up to date."""
        config = ConsumerConfig(
            durable_name=consumer.name,
            filter_subject=consumer.subjects,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=consumer.lease_seconds,
            max_deliver=-1,
            max_ack_pending=ACK_PENDING_MAX,
        )
        await self._js.add_consumer(consumer.stream, config)

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish in order, all on their way at once; what became of each. Never raises."""
        futures = [await self._send(message) for message in messages]
        waiting = [future for future in futures if future is not None]
        if waiting:
            # Futures in flight when the server dies may never resolve: cancelling frees their place.
            _, late = await asyncio.wait(waiting, timeout=PUBLISH_TIMEOUT_SECONDS)
            for future in late:
                future.cancel()
        return [_outcome(future) for future in futures]

    async def _send(self, message: OutMessage) -> asyncio.Future[Any] | None:
        headers = {"Nats-Msg-Id": message.message_id}
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                return await self._js.publish_async(message.subject, message.payload, headers=headers)
        except (TimeoutError, NatsError) as error:
            _log.warning("publish failed", subject=message.subject, error=repr(error))
            return None

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """Up to `batch_max` messages as soon as there is one; none after `wait_seconds` or a break."""
        try:
            pull = await self._pull(consumer)
            found = await pull.fetch(batch_max, timeout=min(wait_seconds, FETCH_STEP_MAX_SECONDS))
        except TimeoutError:
            return []
        except NotFoundError:
            await self._wait_for_jobs(consumer.name)
            return []
        except (NatsError, OSError) as error:
            self._pulls.pop(consumer.name, None)
            _log.warning("fetch failed", consumer=consumer.name, error=repr(error))
            await asyncio.sleep(RETRY_PAUSE_SECONDS)
            return []
        return [JetStreamDelivery(message) for message in found]

    async def _pull(self, consumer: Consumer) -> JetStreamContext.PullSubscription:
        """The consumer's subscription, shared by all who fetch. Raises NotFoundError until jobs made it."""
        async with self._binding:
            if consumer.name not in self._pulls:
                # Binding asks nothing, and a fetch from what is not there looks like an outage.
                await self._js.consumer_info(consumer.stream, consumer.name)
                self._pulls[consumer.name] = await self._js.pull_subscribe_bind(
                    durable=consumer.name, stream=consumer.stream
                )
                self._missing.discard(consumer.name)
            return self._pulls[consumer.name]

    async def _wait_for_jobs(self, missing: str) -> None:
        """Pause for what the job service makes; said once, however much of it is missing."""
        if not self._missing:
            _log.info("waiting for the job service to make the streams", missing=missing)
        self._missing.add(missing)
        await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """Whether a message of this subject waits or is delivered and not acknowledged."""
        return await self._last_sequence(stream, subject) is not None

    async def _last_sequence(self, stream: str, subject: str) -> int | None:
        try:
            return (await self._js.get_last_msg(stream, subject)).seq
        except NotFoundError:
            return None
        except (TimeoutError, NatsError) as error:
            raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", repr(error)) from error

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """Whether the subject's message was ever delivered to the consumer; True when there is none."""
        sequence = await self._last_sequence(consumer.stream, subject)
        if sequence is None:
            return True
        try:
            info = await self._js.consumer_info(consumer.stream, consumer.name)
        except (TimeoutError, NatsError) as error:
            raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", repr(error)) from error
        return info.delivered is None or (info.delivered.stream_seq or 0) >= sequence

    async def purge_subject(self, stream: str, subject: str) -> int:
        """Take a subject's messages out of a stream; how many there were."""
        # nats-py's purge_stream tells whether it worked, not how many; the API's answer does.
        answer = await self._js._api_request(
            f"$JS.API.STREAM.PURGE.{stream}",
            b'{"filter":"' + subject.encode() + b'"}',
            timeout=ANSWER_TIMEOUT_SECONDS,
        )
        return int(answer["purged"])

    async def poke(self, subject: str, payload: bytes) -> None:
        """Tell whoever listens now. Never raises for want of a connection."""
        try:
            await self._client.publish(subject, payload)
        except NatsError as error:
            _log.debug("poke lost", subject=subject, error=repr(error))

    async def listen(self, subject: str) -> AsyncIterator[Poke]:
        """Pokes of a subject, for ever; the client subscribes again after each reconnect."""
        subscription = await self._client.subscribe(subject, pending_msgs_limit=LISTENER_MAX_POKES)
        try:
            async for message in subscription.messages:
                yield Poke(message.subject, message.data)
        finally:
            if not self._client.is_closed and not self._client.is_draining:
                await subscription.unsubscribe()

    async def mark_cancelled(self, run_id: str) -> None:
        """Put a run on the list of cancelled ones. Raises Unavailable when the server does not confirm."""
        try:
            bucket = await self._js.key_value(CANCELS_BUCKET)
            await bucket.put(run_id, b"1")
        except (TimeoutError, NatsError) as error:
            raise Unavailable("BROKER_UNAVAILABLE", "The message broker is away.", repr(error)) from error

    async def cancelled(self) -> AsyncIterator[str]:
        """The list's run ids, first those on it, then each as it comes, for ever."""
        while True:
            try:
                bucket = await self._js.key_value(CANCELS_BUCKET)
                watcher = await bucket.watchall()
                self._missing.discard(CANCELS_BUCKET)
                async for entry in watcher:
                    if entry is not None and entry.value is not None:
                        yield entry.key
            except NotFoundError:
                await self._wait_for_jobs(CANCELS_BUCKET)
                continue
            except (TimeoutError, NatsError, APIError) as error:
                _log.warning("cancel list lost, watching again", error=repr(error))
            await asyncio.sleep(RETRY_PAUSE_SECONDS)


def _stream_config(stream: Stream) -> StreamConfig:
    work_queue = stream.retention is Retention.WORK_QUEUE
    return StreamConfig(
        name=stream.name,
        subjects=[stream.subjects],
        retention=RetentionPolicy.WORK_QUEUE if work_queue else RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW if work_queue else DiscardPolicy.OLD,
        storage=StorageType.FILE,
        max_bytes=stream.bytes_max,
        max_msgs=stream.messages_max,
        max_age=stream.age_max_seconds,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        max_msgs_per_subject=1 if stream.one_per_subject else -1,
        discard_new_per_subject=stream.one_per_subject,
    )


def _outcome(future: asyncio.Future[Any] | None) -> Outcome:
    if future is None or not future.done() or future.cancelled():
        return Outcome.FAILED
    error = future.exception()
    if error is None:
        return Outcome.DUPLICATE if future.result().duplicate else Outcome.STORED
    if isinstance(error, APIError) and error.description:
        if "per subject" in error.description:
            return Outcome.QUEUED_ALREADY
        if error.err_code == ERR_SUBJECT_QUEUED:
            return Outcome.STREAM_FULL
    _log.warning("publish refused", error=repr(error))
    return Outcome.FAILED
