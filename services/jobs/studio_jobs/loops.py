"""The loops of the job service, started together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from studio_jobs.advancer import Advancer
from studio_jobs.announcements import Announcements
from studio_jobs.cancels import Cancels
from studio_jobs.dispatcher import Dispatcher
from studio_jobs.feeds import Feeds
from studio_jobs.garbage.collector import Collector, GarbagePace
from studio_jobs.garbage.departures import Departures
from studio_jobs.housekeeping import HOUSEKEEPING_INTERVAL_SECONDS, Housekeeping
from studio_jobs.planner import Planner
from studio_jobs.relay import Relay
from studio_jobs.results import Results
from studio_jobs.settings import JobsSettings
from studio_jobs.sweeper import Sweeper
from studio_jobs.wake import Loop, Wakes, run_loop, until

Spawn = Callable[[str, Coroutine[Any, Any, None]], None]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long ended jobs are kept (None: always), and what nobody needs any more."""

    jobs: timedelta | None
    garbage: GarbagePace


def keeping_of(settings: JobsSettings) -> Keeping:
    """As the settings say."""
    jobs = timedelta(days=settings.jobs_kept_days) if settings.jobs_kept_days else None
    return Keeping(jobs, GarbagePace.of_grace(timedelta(hours=settings.garbage_grace_hours)))


@dataclass(frozen=True, slots=True)
class Loops:
    """Everything of the job service that works by itself."""

    planner: Planner
    advancer: Advancer
    dispatcher: Dispatcher
    relay: Relay
    results: Results
    cancels: Cancels
    sweeper: Sweeper
    announcements: Announcements
    housekeeping: Housekeeping
    departures: Departures
    collector: Collector
    feeds: Feeds
    wakes: Wakes

    def spawn(
        self,
        spawn: Spawn,
        settings: JobsSettings,
        stopping: asyncio.Event,
        keeping: Keeping | None = None,
    ) -> None:
        """Start every loop as a sibling that returns when `stopping` is set.

        Without a `keeping` things are kept as the settings say.
        """
        poll_seconds = settings.loop_poll_ms / 1000
        trim = partial(self.housekeeping.trim, timedelta(days=settings.events_kept_days))
        keeping = keeping or keeping_of(settings)
        throw_away = partial(self._throw_away, keeping)
        stepping = (
            (Loop.PLANNER, self.planner.step, poll_seconds),
            (Loop.ADVANCER, self.advancer.step, poll_seconds),
            (Loop.DISPATCHER, self.dispatcher.step, poll_seconds),
            (Loop.RELAY, self.relay.step, settings.outbox_poll_ms / 1000),
            (Loop.RESULTS, self.results.step, poll_seconds),
            (Loop.CANCELS, self.cancels.step, poll_seconds),
            (Loop.SWEEPER, self.sweeper.step, settings.sweep_interval_ms / 1000),
            (Loop.HOUSEKEEPING, trim, HOUSEKEEPING_INTERVAL_SECONDS),
            (Loop.GARBAGE, throw_away, keeping.garbage.look.total_seconds()),
        )
        for loop, step, seconds in stepping:
            spawn(loop.value, run_loop(self.wakes, loop, seconds, step, stopping))
        for name, work in (
            ("wakes", self.wakes.listen()),
            ("announcements", self.announcements.listen()),
            ("events", self.feeds.listen_events()),
            ("progress", self.feeds.listen_progress()),
        ):
            spawn(name, until(stopping, work))
        spawn("stop", self._wake_all_at_stop(stopping))

    async def _throw_away(self, keeping: Keeping) -> bool:
        more = await self.departures.step(keeping.jobs)
        return await self.collector.step(keeping.garbage) or more

    async def _wake_all_at_stop(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self.wakes.wake(*Loop)
