"""The supervisor: carries out a plan of steps and services by their needs, and stops it in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio_standalone.child import Child, Service
from studio_standalone.home import Home
from studio_standalone.logs import RotatingLog
from studio_standalone.processes import ProcessLedger
from studio_standalone.spawning import Nursery, Spawn, spawn_program


@dataclass(frozen=True, slots=True)
class Step:
    """Work that ends by itself, done once in a start when all of `after` are ready."""

    name: str
    after: tuple[str, ...]
    work: Callable[[], Awaitable[None]]


Node = Step | Service


class Supervisor:
    """Runs a plan: each node begins as soon as what it needs is ready, independent ones side by side.

    `changed` is called whenever a child's phase or pid changes; the children are read from `children`.
    Services with a room in the `nursery` are forked there.
    """

    def __init__(
        self,
        plan: Sequence[Node],
        home: Home,
        changed: Callable[[Supervisor], None] = lambda _: None,
        nursery: Nursery | None = None,
    ) -> None:
        self._plan = {node.name: node for node in plan}
        self._home = home
        self._nursery = nursery
        self._changed = changed
        self._done = {node.name: asyncio.Event() for node in plan}
        self.children: Mapping[str, Child] = self._make_children(plan)
        self.ready = asyncio.Event()
        self.stopping = False
        _refuse_unknown_needs(self._plan)

    async def run(self, stop: asyncio.Event) -> None:
        """Run the plan until `stop` is set, then stop all children in order.

        Raises the exception of a failed step, or StartError of a child that never got ready; all children are
        stopped then, too.
        """
        tending = asyncio.create_task(self._tend_all())
        waiting = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({tending, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stopping = True
            waiting.cancel()
            if not tending.done():
                self._forget_the_unready(tending)
            await asyncio.shield(self._stop_in_order())
            await asyncio.gather(tending, waiting, return_exceptions=True)
        if not tending.cancelled() and (error := tending.exception()) is not None:
            raise _first_of(error)

    def _make_children(self, plan: Sequence[Node]) -> Mapping[str, Child]:
        ledger = ProcessLedger(self._home.processes_file)
        return {
            node.name: Child(
                node,
                RotatingLog(self._home.log_file(node.name)),
                ledger,
                self._child_changed,
                self._spawn_of(node),
            )
            for node in plan
            if isinstance(node, Service)
        }

    def _spawn_of(self, service: Service) -> Spawn:
        if self._nursery is None or service.room is None:
            return spawn_program
        return self._nursery.spawner(service.room)

    def _child_changed(self) -> None:
        self._changed(self)

    async def _tend_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for node in self._plan.values():
                group.create_task(self._carry_out(node, group), name=node.name)
            group.create_task(self._announce())

    async def _carry_out(self, node: Node, group: asyncio.TaskGroup) -> None:
        for need in node.after:
            await self._done[need].wait()
        match node:
            case Step():
                await node.work()
            case Service():
                child = self.children[node.name]
                group.create_task(child.tend(), name=f"{node.name} tended")
                await child.ready.wait()
        self._done[node.name].set()

    async def _announce(self) -> None:
        for done in self._done.values():
            await done.wait()
        self.ready.set()
        self._changed(self)

    def _forget_the_unready(self, tending: asyncio.Task[None]) -> None:
        """A stop in the middle of a start: nothing that hasn't begun begins any more."""
        if not self.ready.is_set():
            tending.cancel()

    async def _stop_in_order(self) -> None:
        remaining = set(self.children)
        while remaining:
            needed = {need for name in remaining for need in self._all_needs(name)}
            wave = remaining - needed
            await asyncio.gather(*(self.children[name].stop() for name in wave))
            remaining -= wave

    def _all_needs(self, name: str) -> Iterable[str]:
        for need in self._plan[name].after:
            yield need
            yield from self._all_needs(need)


def _refuse_unknown_needs(plan: Mapping[str, Node]) -> None:
    for node in plan.values():
        for need in node.after:
            if need not in plan:
                raise ValueError(f"{node.name} needs {need}, which is not in the plan")


def _first_of(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
