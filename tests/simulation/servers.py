"""The servers of the simulated studio: the twins, and whether each is up."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from studio_platform.broker_memory import MemoryBroker
from studio_platform.objects_memory import MemoryObjectStore
from tests.simulation.loop import SimulatedLoop
from tests.simulation.postgres.server import MemoryPostgres
from tests.simulation.process import Process


class Stores(Protocol):
    """What the laws look at: tables as they are committed, messages and objects."""

    @property
    def postgres(self) -> MemoryPostgres:
        """The tables; where Postgres is real, a copy of its own."""

    @property
    def broker(self) -> MemoryBroker:
        """The streams."""

    @property
    def objects(self) -> MemoryObjectStore:
        """The store."""


@dataclass(slots=True)
class Servers:
    """Postgres, broker and store; `process` is the outside world, which nothing kills."""

    loop: SimulatedLoop
    process: Process
    broker: MemoryBroker
    postgres: MemoryPostgres = field(default_factory=MemoryPostgres)
    objects: MemoryObjectStore = field(default_factory=MemoryObjectStore)
    broker_is_down: bool = False
    store_is_down: bool = False
    database_is_down: bool = False

    def later(self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let something happen after a while, whatever becomes of who sent it."""

        def begin() -> None:
            self.loop.spawn(self.process, work(), "later")

        self.loop.call_later(seconds, begin, context=self.process.context)
