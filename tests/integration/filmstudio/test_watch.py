"""A watch sees every event once, in order, whatever happens to its connection."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from filmstudio import errors
from filmstudio.account import Account
from filmstudio.calls import Patience
from filmstudio.client import FilmStudio, connect
from studio_platform.errors import Unavailable
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

STATES = ("PENDING", "VALIDATING", "QUEUED", "PROCESSING", "COMPOSING", "COMPLETED")
AWAY = Unavailable("AWAY", "The studio is not ready.")


async def finished(rig: StudioRig) -> ScriptedJob:
    job = rig.script.job()
    for state in STATES:
        await job.event(state)
    return job


async def sequences(studio: FilmStudio, job: str, since: int = 0) -> list[int]:
    async with asyncio.timeout(20), aclosing(studio.watch(job, since)) as updates:
        return [update.event.sequence async for update in updates]


async def test_broken_stream_goes_on_after_the_last_event(rig: StudioRig, studio: FilmStudio) -> None:
    job = await finished(rig)
    rig.script.breaks.extend([2, 0, 1])

    seen = await sequences(studio, job.name)

    assert seen == [1, 2, 3, 4, 5, 6]
    assert [request.since_sequence for request in rig.script.requests["WatchJob"]] == [0, 2, 2, 3]


async def test_watch_goes_on_at_a_studio_that_was_started_again(rig: StudioRig, studio: FilmStudio) -> None:
    job = rig.script.job()
    await job.event("PENDING")
    async with asyncio.timeout(20), aclosing(studio.watch(job.name)) as updates:
        first = await anext(updates)
        await rig.stop()
        await job.event("COMPLETED")
        await rig.start()
        rest = [update async for update in updates]

    assert [update.event.sequence for update in (first, *rest)] == [1, 2]


async def test_silent_watch_that_breaks_has_the_whole_patience(rig: StudioRig) -> None:
    """What counts is how long the studio is away, not how long nothing happened before."""
    job = rig.script.job()
    rig.script.breaks.append(1)
    async with connect(rig.address, Account(EMAIL, PASSWORD), Patience(0.0, 0.0)) as studio:
        await job.event("PENDING")
        async with asyncio.timeout(20), aclosing(studio.watch(job.name)) as updates:
            await anext(updates)
            await job.event("COMPLETED")

            last = await anext(updates)

    assert last.event.sequence == 2


async def test_absence_is_told_while_it_lasts(rig: StudioRig, studio: FilmStudio) -> None:
    job = await finished(rig)
    rig.script.faults["WatchJob"].extend([AWAY, AWAY])
    told: list[float] = []

    async with asyncio.timeout(20), aclosing(studio.watch(job.name, on_away=told.append)) as updates:
        seen = [update async for update in updates]

    assert len(told) == 2
    assert told == sorted(told)
    assert len(seen) == len(STATES)


async def test_studio_that_stays_away_ends_the_watch(rig: StudioRig) -> None:
    job = rig.script.job()
    await job.event("PENDING")
    async with (
        asyncio.timeout(20),
        connect(rig.address, Account(EMAIL, PASSWORD), Patience(5.0, 0.0)) as studio,
        aclosing(studio.watch(job.name)) as updates,
    ):
        await anext(updates)
        await rig.stop()

        with pytest.raises(errors.UnreachableError):
            await anext(updates)


async def test_events_that_are_gone_are_left_out(rig: StudioRig, studio: FilmStudio) -> None:
    job = await finished(rig)
    job.oldest_kept = 4

    assert await sequences(studio, job.name) == [4, 5, 6]


async def test_events_that_are_gone_are_refused_to_who_asks_for_one_of_them(
    rig: StudioRig, studio: FilmStudio
) -> None:
    job = await finished(rig)
    job.oldest_kept = 4

    with pytest.raises(errors.RefusedError, match="gone"):
        await sequences(studio, job.name, since=1)


async def test_unknown_job_ends_the_watch_at_once(rig: StudioRig, studio: FilmStudio) -> None:
    with pytest.raises(errors.NotFoundError):
        await sequences(studio, "jobs/00000000-0000-7000-8000-000000000000")

    assert rig.script.calls["WatchJob"] == 1


async def test_watch_with_a_refused_token_goes_on_with_another(rig: StudioRig, studio: FilmStudio) -> None:
    job = await finished(rig)
    rig.script.refused_tokens = 1

    assert await sequences(studio, job.name) == [1, 2, 3, 4, 5, 6]
    assert rig.script.calls["Refresh"] == 1


async def test_watch_whose_next_token_is_refused_too_ends(rig: StudioRig, studio: FilmStudio) -> None:
    job = await finished(rig)
    rig.script.refused_tokens = 2

    with pytest.raises(errors.SignInError):
        await sequences(studio, job.name)


async def test_watch_that_is_left_ends_at_the_studio_too(rig: StudioRig, studio: FilmStudio) -> None:
    job = rig.script.job()
    await job.event("PENDING")

    async with aclosing(studio.watch(job.name)) as updates:
        await anext(updates)

    async with asyncio.timeout(10):
        await rig.script.watch_ended.wait()
