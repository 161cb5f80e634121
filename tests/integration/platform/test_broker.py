"""One behaviour of the broker, shown on its twin in memory and on NATS JetStream."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace

import pytest

from studio_platform.broker import (
    LISTENER_MAX_POKES,
    PAYLOAD_MAX_BYTES,
    Broker,
    Delivery,
    Outcome,
    OutMessage,
    Poke,
)
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import SystemClock
from studio_platform.errors import Unavailable
from studio_platform.jetstream import open_broker
from studio_platform.settings import BrokerSettings
from studio_platform.testing.servers import NatsServer
from studio_platform.topology import (
    EVENTS_STREAM,
    RESULTS_CONSUMER,
    RESULTS_STREAM,
    STREAMS,
    TASKS_STREAM,
    Stream,
    event_subject,
    pool_consumer,
    result_subject,
    task_subject,
)

LEASE_SECONDS = 0.2
LONG_LEASE_SECONDS = 1.0
WAIT_SECONDS = 10.0
MOMENT_SECONDS = 0.1
DUPLICATE_WINDOW_SECONDS = 0.5
STREAM_MAX_MESSAGES = 2

POOL = pool_consumer("drawn", LEASE_SECONDS)
TASK = task_subject("still", "drawn", "run-1", 1)
OTHER_TASK = task_subject("still", "drawn", "run-2", 1)
EVENT = event_subject("ws", "job")

MakeBroker = Callable[[Sequence[Stream]], Awaitable[Broker]]


@pytest.fixture(params=["memory", "jetstream"])
async def make_broker(request: pytest.FixtureRequest) -> AsyncIterator[MakeBroker]:
    """`make_broker(streams)`: the twin, then the real one."""
    url = request.getfixturevalue("nats_url") if request.param == "jetstream" else None
    async with AsyncExitStack() as stack:

        async def make(streams: Sequence[Stream]) -> Broker:
            made: Broker = MemoryBroker(SystemClock(), streams)
            if url is not None:
                settings = BrokerSettings(nats_url=url)
                made = await stack.enter_async_context(open_broker(settings, "test", streams))
            await made.ensure()
            await made.ensure_pool_consumer(POOL)
            return made

        yield make


@pytest.fixture
async def broker(make_broker: MakeBroker) -> Broker:
    """A broker with the studio's streams and a pool."""
    return await make_broker(STREAMS)


async def publish(broker: Broker, subject: str, message_id: str = "1", payload: bytes = b"order") -> Outcome:
    """What becomes of one message."""
    return (await broker.publish_batch([OutMessage(subject, payload, message_id)]))[0]


async def take(broker: Broker) -> Delivery:
    """The next message of the pool."""
    (delivery,) = await broker.fetch(POOL, 1, WAIT_SECONDS)
    return delivery


async def nothing_comes(broker: Broker, seconds: float = MOMENT_SECONDS) -> bool:
    """Whether the pool gets nothing for a while."""
    return not await broker.fetch(POOL, 1, seconds)


async def test_what_was_published_is_delivered_until_it_is_acknowledged(broker: Broker) -> None:
    stored = await publish(broker, TASK)

    delivery = await take(broker)
    waits_while_it_runs = await broker.subject_waits(TASKS_STREAM, TASK)
    await delivery.ack()

    assert stored is Outcome.STORED
    assert (delivery.subject, delivery.payload, delivery.deliveries) == (TASK, b"order", 1)
    assert waits_while_it_runs
    assert not await broker.subject_waits(TASKS_STREAM, TASK)


async def test_a_subject_is_refused_while_it_waits_and_while_it_runs(broker: Broker) -> None:
    await publish(broker, TASK, "1")

    while_it_waits = await publish(broker, TASK, "2")
    await take(broker)
    while_it_runs = await publish(broker, TASK, "3")

    assert (while_it_waits, while_it_runs) == (Outcome.QUEUED_ALREADY, Outcome.QUEUED_ALREADY)


async def test_a_subject_is_taken_again_after_the_acknowledgement(broker: Broker) -> None:
    await publish(broker, TASK, "1")
    refused = await publish(broker, TASK, "2")
    await (await take(broker)).ack()

    # The id of a refused message is no duplicate.
    again = await publish(broker, TASK, "2", b"again")

    assert (refused, again) == (Outcome.QUEUED_ALREADY, Outcome.STORED)
    assert (await take(broker)).payload == b"again"


async def test_an_id_is_a_duplicate_even_after_its_message_is_gone(broker: Broker) -> None:
    await publish(broker, TASK, "1")
    while_it_waits = await publish(broker, TASK, "1")
    await (await take(broker)).ack()
    after_the_acknowledgement = await publish(broker, TASK, "1")
    await publish(broker, OTHER_TASK, "2")
    await broker.purge_subject(TASKS_STREAM, OTHER_TASK)

    after_the_purge = await publish(broker, OTHER_TASK, "2")

    assert {while_it_waits, after_the_acknowledgement, after_the_purge} == {Outcome.DUPLICATE}
    assert await nothing_comes(broker)


async def test_an_id_is_new_again_after_the_window(make_broker: MakeBroker) -> None:
    streams = [replace(stream, duplicate_window_seconds=DUPLICATE_WINDOW_SECONDS) for stream in STREAMS]
    broker = await make_broker(streams)
    await publish(broker, TASK)
    await (await take(broker)).ack()

    outcomes = [await publish(broker, TASK)]
    async with asyncio.timeout(WAIT_SECONDS):
        while outcomes[-1] is Outcome.DUPLICATE:
            await nothing_comes(broker)
            outcomes.append(await publish(broker, TASK))

    assert (outcomes[0], outcomes[-1]) == (Outcome.DUPLICATE, Outcome.STORED)


async def test_a_batch_keeps_its_order_and_tells_what_became_of_each(broker: Broker) -> None:
    subjects = [task_subject("still", "drawn", f"run-{number}", 1) for number in range(50)]
    batch = [OutMessage(subject, subject.encode(), str(number)) for number, subject in enumerate(subjects)]
    spoilt = [
        OutMessage(subjects[0], b"", "other id, same subject"),
        OutMessage("nobody.takes.it", b"", "no stream"),
        OutMessage(TASK, bytes(PAYLOAD_MAX_BYTES + 1), "too large"),
        OutMessage(subjects[1], b"", "1"),
    ]

    outcomes = await broker.publish_batch([*batch[:25], *spoilt, *batch[25:]])

    assert outcomes[:25] == outcomes[29:] == [Outcome.STORED] * 25
    assert outcomes[25:29] == [
        Outcome.QUEUED_ALREADY,
        Outcome.NO_STREAM,
        Outcome.TOO_LARGE,
        Outcome.DUPLICATE,
    ]
    taken: list[Delivery] = []
    while len(taken) < 50:
        taken += await broker.fetch(POOL, 50, WAIT_SECONDS)
    assert [delivery.payload.decode() for delivery in taken] == subjects


async def test_an_empty_batch_is_published_at_once(broker: Broker) -> None:
    assert await broker.publish_batch([]) == []


async def test_content_up_to_the_limit_is_taken_whole(broker: Broker) -> None:
    content = bytes(range(256)) * (PAYLOAD_MAX_BYTES // 256)

    taken = await publish(broker, TASK, "1", content)
    refused = await publish(broker, OTHER_TASK, "2", content + b"1")

    assert (taken, refused) == (Outcome.STORED, Outcome.TOO_LARGE)
    assert (await take(broker)).payload == content


async def test_a_full_work_queue_refuses_and_takes_again_when_there_is_room(make_broker: MakeBroker) -> None:
    broker = await make_broker([replace(stream, messages_max=STREAM_MAX_MESSAGES) for stream in STREAMS])
    results = [OutMessage(result_subject("still"), b"", str(number)) for number in range(3)]

    outcomes = await broker.publish_batch(results)
    (first,) = await broker.fetch(RESULTS_CONSUMER, 1, WAIT_SECONDS)
    await first.ack()
    again = await broker.publish_batch(results[2:])

    assert outcomes == [Outcome.STORED, Outcome.STORED, Outcome.STREAM_FULL]
    assert again == [Outcome.STORED]


async def test_a_work_queue_is_full_by_its_bytes_too(make_broker: MakeBroker) -> None:
    broker = await make_broker([replace(stream, bytes_max=10_000) for stream in STREAMS])

    outcomes = [await publish(broker, result_subject("still"), str(n), bytes(4_000)) for n in range(3)]

    assert outcomes == [Outcome.STORED, Outcome.STORED, Outcome.STREAM_FULL]


async def test_a_full_stream_of_events_takes_the_newest(make_broker: MakeBroker) -> None:
    broker = await make_broker([replace(stream, messages_max=STREAM_MAX_MESSAGES) for stream in STREAMS])

    outcomes = [await publish(broker, event_subject("ws", str(n)), str(n)) for n in range(3)]

    assert outcomes == [Outcome.STORED] * 3
    kept = [await broker.subject_waits(EVENTS_STREAM, event_subject("ws", str(n))) for n in range(3)]
    assert kept == [False, True, True]


async def test_a_lost_lease_means_another_delivery_with_its_number(broker: Broker) -> None:
    await publish(broker, TASK)

    deliveries = [await take(broker) for _ in range(3)]

    assert [delivery.deliveries for delivery in deliveries] == [1, 2, 3]
    assert len({delivery.payload for delivery in deliveries}) == 1


async def test_a_lease_is_kept_by_signs_of_life(broker: Broker) -> None:
    await broker.ensure_pool_consumer(replace(POOL, lease_seconds=LONG_LEASE_SECONDS))
    await publish(broker, TASK)
    delivery = await take(broker)

    quiet = []
    for _ in range(3):
        quiet.append(await nothing_comes(broker, 0.4 * LONG_LEASE_SECONDS))
        await delivery.in_progress()

    assert quiet == [True] * 3


async def test_a_superseded_delivery_still_acknowledges(broker: Broker) -> None:
    await publish(broker, TASK)
    superseded = await take(broker)
    present = await take(broker)

    await superseded.ack()

    assert present.deliveries == 2
    assert not await broker.subject_waits(TASKS_STREAM, TASK)
    assert await nothing_comes(broker, LEASE_SECONDS * 2)


async def test_acknowledging_what_is_gone_is_no_fault(broker: Broker) -> None:
    await publish(broker, TASK)
    superseded, present = await take(broker), await take(broker)
    await present.ack()

    await present.ack()
    await superseded.ack()
    await superseded.in_progress()

    assert await nothing_comes(broker, LEASE_SECONDS * 2)


async def test_a_purge_takes_what_waits_and_what_runs(broker: Broker) -> None:
    await publish(broker, TASK, "1")
    await publish(broker, OTHER_TASK, "2")
    running = await take(broker)
    waiting = OTHER_TASK if running.subject == TASK else TASK

    purged = [
        await broker.purge_subject(TASKS_STREAM, running.subject),
        await broker.purge_subject(TASKS_STREAM, waiting),
        await broker.purge_subject(TASKS_STREAM, "studio.tasks.still.drawn.never.1"),
    ]
    await running.ack()

    assert purged == [1, 1, 0]
    assert not await broker.subject_waits(TASKS_STREAM, running.subject)
    assert await nothing_comes(broker, LEASE_SECONDS * 2)
    assert await publish(broker, TASK, "3") is Outcome.STORED


async def test_a_purge_leaves_other_subjects_alone(broker: Broker) -> None:
    await publish(broker, TASK, "1")
    await publish(broker, OTHER_TASK, "2")

    await broker.purge_subject(TASKS_STREAM, TASK)

    assert (await take(broker)).subject == OTHER_TASK


async def test_it_is_known_whether_a_subject_was_ever_delivered(broker: Broker) -> None:
    without_a_message = await broker.was_delivered(POOL, TASK)
    await publish(broker, TASK)
    while_it_waits = await broker.was_delivered(POOL, TASK)
    delivery = await take(broker)
    while_it_runs = await broker.was_delivered(POOL, TASK)
    await delivery.ack()

    assert [without_a_message, while_it_waits, while_it_runs] == [True, False, True]
    assert await broker.was_delivered(POOL, TASK)


async def test_nothing_was_delivered_to_a_pool_without_a_consumer(broker: Broker) -> None:
    waiting = task_subject("clip", "later", "run-1", 1)
    await publish(broker, waiting)

    assert not await broker.was_delivered(pool_consumer("later"), waiting)


async def test_a_fetch_waits_for_what_comes(broker: Broker) -> None:
    fetching = asyncio.ensure_future(broker.fetch(POOL, 5, WAIT_SECONDS))
    await nothing_comes(broker, 0.01)

    await publish(broker, TASK)

    # The real one looks up once a second, so the wait may end empty before; it is then asked again.
    found = await fetching or await broker.fetch(POOL, 5, WAIT_SECONDS)
    assert [delivery.subject for delivery in found] == [TASK]


async def test_a_fetch_returns_nothing_when_nothing_comes(broker: Broker) -> None:
    await publish(broker, task_subject("still", "another", "run-1", 1))

    assert await broker.fetch(POOL, 5, MOMENT_SECONDS) == []
    assert await broker.fetch(pool_consumer("unknown"), 5, MOMENT_SECONDS) == []


async def test_a_fetch_takes_no_more_than_asked(broker: Broker) -> None:
    for number in range(3):
        await publish(broker, task_subject("still", "drawn", f"run-{number}", 1), str(number))

    first = await broker.fetch(POOL, 2, WAIT_SECONDS)
    rest = await broker.fetch(POOL, 2, WAIT_SECONDS)

    assert (len(first), len(rest)) == (2, 1)


async def test_an_order_waits_for_a_pool_that_comes_later(broker: Broker) -> None:
    later = pool_consumer("later", LEASE_SECONDS)
    waiting = task_subject("clip", "later", "run-1", 1)
    stored = await publish(broker, waiting)

    await broker.ensure_pool_consumer(later)

    assert stored is Outcome.STORED
    assert [d.subject for d in await broker.fetch(later, 1, WAIT_SECONDS)] == [waiting]


async def test_a_pools_lease_is_brought_up_to_date(broker: Broker) -> None:
    await broker.ensure_pool_consumer(replace(POOL, lease_seconds=WAIT_SECONDS))
    await broker.ensure()
    await publish(broker, TASK)
    await take(broker)

    assert await nothing_comes(broker, LEASE_SECONDS * 2)


class Listener:
    """Hears pokes in a task of its own, which has begun to listen when `hearing` is entered."""

    def __init__(self, broker: Broker, subject: str) -> None:
        self._broker = broker
        self._subject = subject
        self._pokes: asyncio.Queue[Poke] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Listener:
        self._task = asyncio.create_task(self._listen())
        async with asyncio.timeout(WAIT_SECONDS):
            while self._pokes.empty():
                await self._broker.poke(self._subject.replace("*", "x"), b"probe")
                await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        async for poke in self._broker.listen(self._subject):
            self._pokes.put_nowait(poke)

    async def next(self) -> Poke:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                poke = await self._pokes.get()
                if poke.payload != b"probe":
                    return poke


async def test_a_poke_reaches_whoever_listens_now(broker: Broker) -> None:
    async with Listener(broker, "studio.wake.*") as first, Listener(broker, "studio.wake.relay") as second:
        await broker.poke("studio.other.relay", b"another subject")
        await broker.poke("studio.wake.relay", b"now")

        assert await first.next() == await second.next() == Poke("studio.wake.relay", b"now")


async def test_a_poke_without_a_listener_is_lost(broker: Broker) -> None:
    await broker.poke("studio.wake.relay", b"too early")

    async with Listener(broker, "studio.wake.*") as listener:
        await broker.poke("studio.wake.relay", b"in time")

        assert (await listener.next()).payload == b"in time"


async def test_a_poke_over_the_limit_is_lost_and_those_after_it_are_not(broker: Broker) -> None:
    async with Listener(broker, "studio.wake.*") as listener:
        await broker.poke("studio.wake.relay", bytes(PAYLOAD_MAX_BYTES + 1))
        await broker.poke("studio.wake.relay", b"small")

        assert (await listener.next()).payload == b"small"


async def test_listeners_hear_what_is_published_to_streams(broker: Broker) -> None:
    async with Listener(broker, "studio.events.ws.*") as listener:
        await publish(broker, EVENT, "1", b"event")

        assert await listener.next() == Poke(EVENT, b"event")


async def test_a_slow_listener_misses_what_comes_and_hears_again_later(broker: Broker) -> None:
    listening = broker.listen("studio.wake.*")
    async with aclosing(listening):  # type: ignore[type-var]  # an async generator in both
        first = asyncio.ensure_future(anext(listening))
        while not first.done():
            await broker.poke("studio.wake.relay", b"probe")
            await asyncio.sleep(0)

        async with Listener(broker, "studio.flood.end") as other:
            for number in range(LISTENER_MAX_POKES + 100):
                await broker.poke("studio.wake.relay", b"%d" % number)
            await broker.poke("studio.flood.end", b"end")
            await other.next()
        unread = [await anext(listening) for _ in range(LISTENER_MAX_POKES)]
        await broker.poke("studio.wake.relay", b"after")
        async with asyncio.timeout(WAIT_SECONDS):
            last = await anext(listening)

    numbers = [int(poke.payload) for poke in unread if poke.payload != b"probe"]
    assert numbers == list(range(len(numbers)))
    assert last.payload == b"after"


class Cancels:
    """Reads the list of cancelled runs in a task of its own."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for run_id in self._broker.cancelled():
            self._heard.put_nowait(run_id)

    async def next(self) -> str:
        async with asyncio.timeout(WAIT_SECONDS):
            return await self._heard.get()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_the_cancel_list_is_replayed_and_then_goes_on(broker: Broker) -> None:
    await broker.mark_cancelled("run-1")
    await broker.mark_cancelled("run-2")
    cancels = Cancels(broker)

    on_the_list = {await cancels.next(), await cancels.next()}
    await broker.mark_cancelled("run-3")
    came_later = await cancels.next()
    await cancels.close()

    assert on_the_list == {"run-1", "run-2"}
    assert came_later == "run-3"


async def test_every_reader_of_the_cancel_list_hears_all_of_it(broker: Broker) -> None:
    readers = [Cancels(broker), Cancels(broker)]

    await broker.mark_cancelled("run-1")

    heard = [await reader.next() for reader in readers]
    for reader in readers:
        await reader.close()
    assert heard == ["run-1", "run-1"]


@pytest.fixture
def lose_disk(request: pytest.FixtureRequest, broker: Broker) -> Callable[[], Awaitable[None]]:
    """The broker dies and comes back with nothing."""

    async def lose() -> None:
        if isinstance(broker, MemoryBroker):
            broker.wipe()
            return
        server: NatsServer = request.getfixturevalue("nats_broker")
        server.process.kill()
        shutil.rmtree(server.server.folder / "store")
        await asyncio.to_thread(server.process.start)
        async with asyncio.timeout(WAIT_SECONDS):
            while await publish(broker, "nobody.takes.it", "probe") is not Outcome.NO_STREAM:
                pass

    return lose


async def test_a_lost_disk_is_told_and_made_good(
    broker: Broker, lose_disk: Callable[[], Awaitable[None]]
) -> None:
    await publish(broker, TASK)
    await broker.mark_cancelled("before")
    cancels = Cancels(broker)
    await cancels.next()

    await lose_disk()
    after_the_loss = await publish(broker, TASK)
    waits = await broker.subject_waits(TASKS_STREAM, TASK)
    purged = await broker.purge_subject(TASKS_STREAM, TASK)
    with pytest.raises(Unavailable):
        await broker.mark_cancelled("run-1")
    with pytest.raises(Unavailable):
        await broker.ensure_pool_consumer(POOL)
    await broker.ensure()
    made_good = await publish(broker, TASK)
    await broker.mark_cancelled("run-1")

    assert (after_the_loss, made_good) == (Outcome.NO_STREAM, Outcome.STORED)
    assert (waits, purged) == (False, 0)
    assert (await take(broker)).subject == TASK
    assert await cancels.next() == "run-1"
    await cancels.close()


async def test_making_everything_again_keeps_what_is_there(broker: Broker) -> None:
    await publish(broker, TASK)
    await publish(broker, result_subject("still"), "2", b"result")

    await broker.ensure()

    assert (await take(broker)).subject == TASK
    assert [d.payload for d in await broker.fetch(RESULTS_CONSUMER, 1, WAIT_SECONDS)] == [b"result"]
    assert await broker.subject_waits(RESULTS_STREAM, result_subject("still"))
