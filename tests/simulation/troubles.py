"""Troubles that are no single request's: outages, a wiped broker, upgrades, deaths in the midst of work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, TypeVar

from studio_jobs.domain.states import TaskKind
from tests.simulation.chaos import Chaos, Climate
from tests.simulation.cluster import Cluster, Member
from tests.simulation.servers import Servers

T = TypeVar("T")

GENERATORS = {
    "vision": (TaskKind.STILL, TaskKind.CLIP),
    "sound": (TaskKind.SPEECH, TaskKind.MUSIC, TaskKind.EFFECTS),
    "composer": tuple(kind for kind in TaskKind if kind >= TaskKind.SEGMENT),
}
OUTAGE_MAX_SECONDS = 20.0
STORE_OUTAGE_MAX_SECONDS = 70.0
"""Longer than a worker's patience."""

Trouble = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Troubles:
    """Makes troubles; `lease_seconds` tells how long a sleep must be to matter."""

    cluster: Cluster
    servers: Servers
    chaos: Chaos
    climate: Climate
    lease_seconds: float
    _revisions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GENERATORS, 1))

    def revision_of(self, name: str) -> Callable[[], str]:
        """The revision that a generator's engines have when it starts."""
        return lambda: str(self._revisions[name])

    def of_seed(self, random: Random, horizon_seconds: float) -> Iterator[tuple[str, str, Trouble]]:
        """A seed's troubles: a name, what happens and when, and the deed itself."""
        chosen = [act for act in self._kinds() if not self.climate.kinds or _name(act) in self.climate.kinds]
        for number in range(random.choice(self.climate.troubles)):
            act = random.choice(chosen)
            at_seconds = random.uniform(0, horizon_seconds)
            yield (
                f"event-{number}",
                f"{_name(act)} at {at_seconds:.3f} s",
                partial(self._later, at_seconds, act),
            )

    def _kinds(self) -> tuple[Trouble, ...]:
        return (
            self._wipe_broker,
            self._broker_away,
            self._store_away,
            self._database_away,
            self._upgrade,
            self._drain,
            self._kill_all_replicas,
            self._kill_who_works,
            self._freeze_who_works,
            self._freeze_who_works,
        )

    async def _later(self, at_seconds: float, act: Trouble) -> None:
        await asyncio.sleep(at_seconds)
        self.cluster.note(None, _name(act).replace("_", " "))
        self.cluster.laws.incidents += 1
        await act()

    async def _wipe_broker(self) -> None:
        self.servers.broker.wipe()

    async def _broker_away(self) -> None:
        self.servers.broker_is_down = True
        await asyncio.sleep(self.chaos.between("outage", 0.1, OUTAGE_MAX_SECONDS))
        self.servers.broker_is_down = False

    async def _store_away(self) -> None:
        self.servers.store_is_down = True
        await asyncio.sleep(self.chaos.between("outage", 0.1, STORE_OUTAGE_MAX_SECONDS))
        self.servers.store_is_down = False

    async def _database_away(self) -> None:
        self.servers.database_is_down = True
        for member in self.cluster.members:
            if member.process is not None:
                for end in member.process.deaths:
                    end()
        await asyncio.sleep(self.chaos.between("outage", 0.1, OUTAGE_MAX_SECONDS))
        self.servers.database_is_down = False

    async def _upgrade(self) -> None:
        name = self._one_of("upgrade", list(GENERATORS))
        self._revisions[name] += 1
        for member in self._members(name):
            self.cluster.drain(member)
            await asyncio.sleep(self.chaos.between("rollout", 0.5, 5))

    async def _drain(self) -> None:
        self.cluster.drain(self._one_of("drain", self.cluster.members))

    async def _kill_all_replicas(self) -> None:
        for member in self._members("jobs"):
            if member.process is not None:
                self.cluster.kill(member.process, "killed with its siblings")

    async def _kill_who_works(self) -> None:
        at_work = self.cluster.laws.at_work()
        if at_work:
            self.cluster.kill(self._one_of("kill", at_work), "killed at work")

    async def _freeze_who_works(self) -> None:
        at_work = self.cluster.laws.at_work()
        if at_work:
            seconds = self.chaos.between("sleep", 0.5, 4 * self.lease_seconds)
            process = self._one_of("freeze", at_work)
            self.cluster.freeze(process, seconds, f"frozen at work for {seconds:.1f} s")

    def _members(self, name: str) -> list[Member]:
        return [member for member in self.cluster.members if member.name.startswith(name)]

    def _one_of(self, place: str, among: list[T]) -> T:
        return among[int(self.chaos.dice.throw(place)[0] * len(among))]


def _name(act: Trouble) -> str:
    return str(getattr(act, "__name__", act)).strip("_")
