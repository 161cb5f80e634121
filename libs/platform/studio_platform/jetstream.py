"""The broker on NATS JetStream, by nats-py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import BadRequestError, NotFoundError
from nats.js.kv import KeyValue

from studio_platform.broker import LISTENER_MAX_POKES, PAYLOAD_MAX_BYTES, Delivery, Outcome, OutMessage, Poke
from studio_platform.jetstream_configs import cancels_config, consumer_config, stream_config
from studio_platform.jetstream_delivery import JetStreamDelivery, answering, away
from studio_platform.jetstream_publisher import Publisher
from studio_platform.jetstream_pulls import BatchPull
from studio_platform.logs import get_logger
from studio_platform.settings import BrokerSettings
from studio_platform.topology import CANCELS_BUCKET, RESULTS_CONSUMER, STREAMS, Consumer, Stream

ANSWER_TIMEOUT_SECONDS = 5.0
CLOSE_TIMEOUT_SECONDS = 2.0
RECONNECT_WAIT_SECONDS = 0.1
CONNECT_TIMEOUT_SECONDS = 60.0
RETRY_PAUSE_SECONDS = 0.2
FETCH_STEP_MAX_SECONDS = 1.0
"""An outstanding fetch hangs through a server's restart until its own end, so each is short."""

_log = get_logger(__name__)


@asynccontextmanager
async def open_broker(
    settings: BrokerSettings, name: str, streams: Sequence[Stream] = STREAMS
) -> AsyncIterator[JetStreamBroker]:
    """A connection that lives through every restart of the server; closed without losing pokes.

    Raises Unavailable when the server does not come within a minute.
    """
    client = Client()
    broker = JetStreamBroker(client, streams)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            await client.connect(
                settings.nats_url,
                user=settings.nats_user or None,
                password=settings.nats_password.get_secret_value() or None,
                name=name,
                max_reconnect_attempts=-1,
                reconnect_time_wait=RECONNECT_WAIT_SECONDS,  # type: ignore[arg-type]  # a fraction works
                error_cb=_Complaints().log,
                reconnected_cb=broker.watch_again,
                allow_reconnect=True,
            )
    except (TimeoutError, NatsError, OSError) as error:
        raise away(error) from error
    try:
        yield broker
    finally:
        await broker.close()


class _Complaints:
    """Logs what a connection says once, and not at each of ten attempts a second."""

    def __init__(self) -> None:
        self._last = ""

    async def log(self, error: Exception) -> None:
        if repr(error) != self._last:
            self._last = repr(error)
            _log.warning("broker connection", error=self._last)


class JetStreamBroker:
    """See the Broker port."""

    def __init__(self, client: Client, streams: Sequence[Stream]) -> None:
        self._client = client
        self._streams = streams
        self._js: JetStreamContext = client.jetstream(timeout=ANSWER_TIMEOUT_SECONDS)
        self._publisher = Publisher(client, self._js, streams)
        self._pulls: dict[tuple[str, bool], JetStreamContext.PullSubscription | BatchPull] = {}
        self._binding = asyncio.Lock()
        self._missing: set[str] = set()
        self._consumers = {RESULTS_CONSUMER.name: RESULTS_CONSUMER}
        self._watchers: set[KeyValue.KeyWatcher] = set()

    async def close(self) -> None:
        """Send what is on its way, then end the connection."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                for key in list(self._pulls):
                    await self._forget_pull(*key)
                await self._client.drain()
        except (TimeoutError, NatsError):
            with suppress(OSError):
                await self._client.close()

    async def ensure(self) -> None:
        """Make the streams, the cancel list and the consumers, or bring them up to date."""
        with answering():
            for stream in self._streams:
                await self._ensure_stream(stream_config(stream))
            await self._ensure_cancels()
        for consumer in list(self._consumers.values()):
            await self.ensure_pool_consumer(consumer)

    async def _ensure_stream(self, config: StreamConfig) -> None:
        try:
            await self._js.add_stream(config)
        except BadRequestError:
            await self._js.update_stream(config)

    async def _ensure_cancels(self) -> None:
        try:
            await self._js.create_key_value(cancels_config())
        except BadRequestError:
            await self._js.key_value(CANCELS_BUCKET)

    async def ensure_pool_consumer(self, consumer: Consumer) -> None:
        """Make a consumer, or bring it up to date."""
        self._consumers[consumer.name] = consumer
        with answering():
            await self._js.add_consumer(consumer.stream, consumer_config(consumer))

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """Publish in order, all on their way at once; what became of each. Never raises."""
        return await self._publisher.publish(messages)

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """Up to `batch_max` messages as soon as there is one; none after `wait_seconds` or a break."""
        is_batch = batch_max > 1
        try:
            pull = await self._pull(consumer, is_batch)
            found = await pull.fetch(batch_max, timeout=min(wait_seconds, FETCH_STEP_MAX_SECONDS))
        except TimeoutError:
            return []
        except NotFoundError:
            await self._wait_for_jobs(consumer.name)
            return []
        except (NatsError, OSError) as error:
            await self._forget_pull(consumer.name, is_batch)
            _log.warning("fetch failed", consumer=consumer.name, error=repr(error))
            await asyncio.sleep(RETRY_PAUSE_SECONDS)
            return []
        return [JetStreamDelivery(message) for message in found]

    async def _pull(
        self, consumer: Consumer, is_batch: bool
    ) -> JetStreamContext.PullSubscription | BatchPull:
        """The consumer's subscription, shared by all who fetch. Raises NotFoundError until jobs made it."""
        async with self._binding:
            key = consumer.name, is_batch
            if key not in self._pulls:
                # Binding asks nothing, and a fetch from what is not there looks like an outage.
                await self._js.consumer_info(consumer.stream, consumer.name)
                self._pulls[key] = await self._bound(consumer, is_batch)
                self._missing.discard(consumer.name)
            return self._pulls[key]

    async def _bound(
        self, consumer: Consumer, is_batch: bool
    ) -> JetStreamContext.PullSubscription | BatchPull:
        if is_batch:
            return await BatchPull.bound(self._client, consumer)
        return await self._js.pull_subscribe_bind(durable=consumer.name, stream=consumer.stream)

    async def _wait_for_jobs(self, missing: str) -> None:
        """Pause for what the job service makes; said once, however much of it is missing."""
        if not self._missing:
            _log.info("waiting for the job service to make the streams", missing=missing)
        self._missing.add(missing)
        await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def _forget_pull(self, name: str, is_batch: bool) -> None:
        """An answer to an old fetch that nobody reads would hold up the drain."""
        pull = self._pulls.pop((name, is_batch), None)
        if pull is not None:
            with suppress(NatsError):
                await pull.unsubscribe()

    async def subject_waits(self, stream: str, subject: str) -> bool:
        """Whether a message of this subject waits or is delivered and not acknowledged."""
        return await self._last_sequence(stream, subject) is not None

    async def _last_sequence(self, stream: str, subject: str) -> int | None:
        with answering():
            try:
                return (await self._js.get_last_msg(stream, subject)).seq
            except NotFoundError:
                return None

    async def was_delivered(self, consumer: Consumer, subject: str) -> bool:
        """Whether the subject's message was ever delivered to the consumer; True when there is none."""
        sequence = await self._last_sequence(consumer.stream, subject)
        if sequence is None:
            return True
        with answering():
            try:
                info = await self._js.consumer_info(consumer.stream, consumer.name)
            except NotFoundError:
                return False
        return info.delivered is None or (info.delivered.stream_seq or 0) >= sequence

    async def backlog(self, consumer: Consumer) -> int:
        """Messages of a consumer not acknowledged yet; 0 for an unknown one. Raises Unavailable."""
        with answering():
            try:
                info = await self._js.consumer_info(consumer.stream, consumer.name)
            except NotFoundError:
                return 0
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def purge_subject(self, stream: str, subject: str) -> int:
        """Take a subject's messages out of a stream; how many there were."""
        # nats-py's purge_stream tells whether it worked, not how many; the API's answer does.
        request = json.dumps({"filter": subject}).encode()
        with answering():
            try:
                answer = await self._js._api_request(
                    f"$JS.API.STREAM.PURGE.{stream}", request, timeout=ANSWER_TIMEOUT_SECONDS
                )
            except NotFoundError:
                return 0
        return int(answer["purged"])

    async def poke(self, subject: str, payload: bytes) -> None:
        """Tell whoever listens now; one that is too large or has no connection is lost."""
        if len(payload) > PAYLOAD_MAX_BYTES:
            _log.error("poke too large, lost", subject=subject, size_bytes=len(payload))
            return
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
        with answering():
            bucket = await self._js.key_value(CANCELS_BUCKET)
            await bucket.put(run_id, b"1")

    async def cancelled(self) -> AsyncIterator[str]:
        """The list's run ids, first those on it, then each as it comes, for ever."""
        while True:
            try:
                async with aclosing(self._watched()) as watched:
                    async for run_id in watched:
                        yield run_id
            except NotFoundError:
                await self._wait_for_jobs(CANCELS_BUCKET)
                continue
            except (TimeoutError, NatsError) as error:
                _log.warning("cancel list lost, watching again", error=repr(error))
            await asyncio.sleep(RETRY_PAUSE_SECONDS)

    async def _watched(self) -> AsyncGenerator[str, None]:
        watcher = await (await self._js.key_value(CANCELS_BUCKET)).watchall()
        self._watchers.add(watcher)
        self._missing.discard(CANCELS_BUCKET)
        try:
            async for entry in watcher:
                if entry is not None and entry.value is not None:
                    yield entry.key
        finally:
            await self._stop(watcher)

    async def watch_again(self) -> None:
        """After a break: a watch finds its server's restart late, and the loss of its disk never."""
        for watcher in list(self._watchers):
            await self._stop(watcher)

    async def _stop(self, watcher: KeyValue.KeyWatcher) -> None:
        is_open = not self._client.is_closed and not self._client.is_draining
        if watcher in self._watchers and is_open:
            self._watchers.remove(watcher)
            await watcher.stop()  # type: ignore[no-untyped-call]  # nats-py's own omission
