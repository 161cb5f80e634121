"""Played workers of every pool: slow, frozen, upgraded, gone; what they do is told to the laws."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from uuid import uuid4

from filmstudio.generation.v1 import message_pb2
from studio_jobs.domain.states import TaskKind
from studio_platform.broker import Delivery, Outcome, OutMessage
from studio_platform.broker_forwarding import ForwardingBroker
from studio_platform.broker_memory import MemoryBroker
from studio_platform.manifests import ArtifactKey, blob_key, manifest_key
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.topology import Consumer, pool_consumer, result_subject
from tests.integration.jobs.journal import Journal
from tests.integration.jobs.stage import announcement, cancelled, failure, hand_back, pool_of, success
from tests.simulation.laws import Execution, Laws
from tests.simulation.network import HeldDelivery
from tests.simulation.process import Process

REVISION_CHANGED = "REVISION_CHANGED"


class Report(Enum):
    """What a worker says of an order."""

    SUCCESS = "success"
    FAILURE = "failure"
    REFUSAL = "permanent failure"
    HAND_BACK = "hand-back"


class WatchedBroker(ForwardingBroker):
    """The broker as one process reaches it; nothing is waited for, for time stands still."""

    def __init__(
        self, process: Process, broker: MemoryBroker, laws: Laws, journal: Journal, stopped: set[str]
    ) -> None:
        super().__init__(broker)
        self._process = process
        self._laws = laws
        self._journal = journal
        self._stopped = stopped

    async def publish_batch(self, messages: Sequence[OutMessage]) -> list[Outcome]:
        """See Broker."""
        outcomes = await super().publish_batch(messages)
        self._laws.published(self._process, messages, outcomes)
        return outcomes

    async def fetch(self, consumer: Consumer, batch_max: int, wait_seconds: float) -> Sequence[Delivery]:
        """What is there now."""
        found = await super().fetch(consumer, batch_max, 0)
        self._laws.fetched(self._process, found, self._laws.faults)
        return [HeldDelivery(delivery, self) for delivery in found]

    async def mark_cancelled(self, run_id: str) -> None:
        """See Broker."""
        await super().mark_cancelled(run_id)
        self._stopped.add(run_id)

    async def ack(self, delivery: Delivery) -> None:
        """Acknowledge a delivery, after the laws saw what was committed until now."""
        await self._journal.catch_up()
        self._laws.acknowledged(self._process, delivery)
        await delivery.ack()

    async def in_progress(self, delivery: Delivery) -> None:
        """Keep a delivery."""
        await delivery.in_progress()


@dataclass(slots=True, eq=False)
class Hand:
    """An order that a worker has begun."""

    broker: WatchedBroker
    order: message_pb2.RunOrder
    delivery: Delivery
    execution: Execution


@dataclass(slots=True)
class Workshop:
    """All workers. `hands` have begun and may report at any time, however late."""

    broker: MemoryBroker
    objects: MemoryObjectStore
    laws: Laws
    journal: Journal
    hands: list[Hand] = field(default_factory=list)
    silent: set[TaskKind] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    _revisions: dict[TaskKind, int] = field(default_factory=lambda: dict.fromkeys(TaskKind, 1))
    _workers: int = 0

    def broker_of(self, process: Process) -> WatchedBroker:
        """The broker as a process reaches it."""
        return WatchedBroker(process, self.broker, self.laws, self.journal, self.stopped)

    def upgrade(self, kind: TaskKind) -> None:
        """From now on the pool's engine is another."""
        self._revisions[kind] += 1

    def vanish(self, kind: TaskKind) -> None:
        """The pool's last worker dies, with all that it had begun."""
        self.laws.incidents += 1
        self.silent.add(kind)
        for hand in self.hands:
            hand.execution.is_over = True
        self.hands = [hand for hand in self.hands if TaskKind(hand.order.inline.spec.kind) != kind]

    def said(self) -> list[message_pb2.PoolAnnouncement]:
        """What the pools that are there say of themselves."""
        return [
            announcement(kind, str(self._revisions[kind]), slots=1)
            for kind in TaskKind
            if kind not in self.silent
        ]

    async def take(self, kind: TaskKind) -> None:
        """A fresh worker of a pool takes what waits there, as the real one looks at it before it begins."""
        if kind in self.silent:
            return
        self._workers += 1
        process = Process(kind.name.lower(), self._workers)
        broker = self.broker_of(process)
        for delivery in await broker.fetch(pool_consumer(pool_of(kind)), 1, 0):
            order = message_pb2.RunOrder.FromString(delivery.payload)
            answer = self._answer_at_once(order, delivery)
            if answer is None:
                execution = self.laws.engine_started(process, order.run_id)
                self.hands.append(Hand(broker, order, delivery, execution))
            else:
                self.laws.incidents += 1
                await self._publish(broker, answer, delivery)

    def _answer_at_once(
        self, order: message_pb2.RunOrder, delivery: Delivery
    ) -> message_pb2.RunResult | None:
        """What a worker says without running its engine, or None."""
        if _manifest_key(order) in self.objects.objects:
            return success(order)
        if delivery.deliveries > 1:
            return failure(order, "CRASHED")
        spec = order.inline.spec
        if spec.engine.revision != str(self._revisions[TaskKind(spec.kind)]):
            return hand_back(order, REVISION_CHANGED)
        return None

    async def report(self, hand: Hand, report: Report) -> None:
        """A worker ends; one whose result cannot be published tries again another time."""
        await self._end(hand, await self._result(hand.order, report))

    async def _end(self, hand: Hand, result: message_pb2.RunResult) -> None:
        if hand not in self.hands:
            return
        self.hands.remove(hand)
        hand.execution.is_over = True
        self.laws.incidents += not result.HasField("success")
        if not await self._publish(hand.broker, result, hand.delivery):
            self.hands.append(hand)

    async def _result(self, order: message_pb2.RunOrder, report: Report) -> message_pb2.RunResult:
        match report:
            case Report.SUCCESS:
                await self._keep(order)
                return success(order)
            case Report.FAILURE:
                return failure(order)
            case Report.REFUSAL:
                return failure(order, "BAD_SPEC", permanent=True)
            case Report.HAND_BACK:
                return hand_back(order)

    async def stop_cancelled(self) -> None:
        """Workers hear of cancelled runs, and stop."""
        for hand in [hand for hand in self.hands if hand.order.run_id in self.stopped]:
            await self._end(hand, cancelled(hand.order))

    async def _keep(self, order: message_pb2.RunOrder) -> None:
        """Upload the parts, then the manifest."""
        manifest = success(order).success
        for part in manifest.parts:
            key = blob_key(manifest.workspace_id, part.sha256)
            await self.objects.put_if_absent(key, data=b"made", media_type=part.media_type)
        content = manifest.SerializeToString(deterministic=True)
        await self.objects.put_if_absent(_manifest_key(order), data=content, media_type="")

    @staticmethod
    async def _publish(broker: WatchedBroker, result: message_pb2.RunResult, delivery: Delivery) -> bool:
        content = result.SerializeToString(deterministic=True)
        message_id = f"{hashlib.sha256(content).hexdigest()}.{uuid4()}"
        (outcome,) = await broker.publish_batch([OutMessage(result_subject("any"), content, message_id)])
        if outcome is Outcome.STORED:
            await delivery.ack()
        return outcome is Outcome.STORED


def _manifest_key(order: message_pb2.RunOrder) -> str:
    kind = order.inline.spec.kind
    return manifest_key(ArtifactKey(order.workspace_id, kind, order.content_key, order.generation))
