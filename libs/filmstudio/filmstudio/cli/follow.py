"""A job shown until its end; Ctrl-C asks whether to cancel it or leave it running."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TypeVar

from filmstudio.cli.displays import Display, JsonDisplay, LineDisplay
from filmstudio.cli.exits import Exit
from filmstudio.cli.interrupts import Answer, asked, interrupts
from filmstudio.cli.job_names import short
from filmstudio.cli.job_view import JobView
from filmstudio.cli.outcomes import failure_text
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError, UnreachableError
from filmstudio.jobs.v1 import jobs_pb2

TICK_SECONDS = 0.25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Followed:
    """A job and how it is shown."""

    job: str
    title: str = ""
    as_json: bool = False


async def follow(studio: FilmStudio, followed: Followed) -> Exit:
    """Show a job until it is terminal, or its person leaves it. Raises FilmStudioError."""
    view = JobView(followed.title)
    shown = display(view, as_json=followed.as_json)
    with interrupts() as pressed:
        while True:
            try:
                is_over = await until(pressed, show_until_end(studio, followed.job, view, shown))
            finally:
                shown.close()
            if is_over:
                return _ended(followed.job, view.event)
            if (left := await _interrupted(studio, followed.job, view, pressed)) is not None:
                return left


def display(view: JobView, *, as_json: bool) -> Display:
    """The display that fits where the output goes."""
    if as_json:
        return JsonDisplay()
    if not sys.stderr.isatty():
        return LineDisplay(view)
    # Loaded only where somebody looks.
    from rich.console import Console

    from filmstudio.cli.screen import ScreenDisplay

    console = Console(stderr=True)
    return LineDisplay(view) if console.is_dumb_terminal else ScreenDisplay(view, console)


async def show_until_end(studio: FilmStudio, job: str, view: JobView, shown: Display) -> None:
    """Take all updates in and show them until the job is terminal. Raises FilmStudioError, in a group."""

    def away(seconds: float) -> None:
        view.away_seconds = max(seconds, TICK_SECONDS)

    async with asyncio.TaskGroup() as group:
        ticking = group.create_task(_tick(shown))
        try:
            async with aclosing(studio.watch(job, view.event.sequence, away)) as updates:
                async for update in updates:
                    view.apply(update)
                    if view.needs_tasks and not isinstance(shown, JsonDisplay):
                        view.learn(await studio.tasks(job))
                    shown.show(update)
        except UnreachableError as error:
            raise UnreachableError(
                f"{error}. The job goes on there: film watch {short(job)}", error.cause
            ) from error
        finally:
            ticking.cancel()


async def _tick(shown: Display) -> None:
    while True:
        await asyncio.sleep(TICK_SECONDS)
        shown.tick()


async def until(pressed: asyncio.Event, work: Awaitable[None]) -> bool:
    """Whether the work ended; else it was stopped because `pressed` was set. Raises what the work raises."""
    working = asyncio.ensure_future(work)
    pressing = asyncio.ensure_future(pressed.wait())
    try:
        await asyncio.wait({working, pressing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        pressing.cancel()
        working.cancel()
        await asyncio.wait({working})
    if working.cancelled():
        return False
    error = working.exception()
    if error is not None:
        raise first_of(error)
    return True


def first_of(error: BaseException) -> BaseException:
    """The error that groups hold, the first of several."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _interrupted(studio: FilmStudio, job: str, view: JobView, pressed: asyncio.Event) -> Exit | None:
    """Ask, and do so; None to go on watching. After a cancel there is nothing left to ask."""
    if view.event.cancel_requested:
        print(f"{short(job)} is being cancelled; see its end with: film watch {short(job)}", file=sys.stderr)
        return Exit.INTERRUPTED
    answer = await asked(pressed)
    pressed.clear()
    match answer:
        case Answer.LEAVE:
            print(f"{short(job)} goes on; see it again with: film watch {short(job)}", file=sys.stderr)
            return Exit.INTERRUPTED
        case Answer.CANCEL:
            # One that ended meanwhile refuses; watching on shows its end.
            with suppress(RefusedError):
                await studio.cancel(job)
                view.event.cancel_requested = True
    return None


def _ended(job: str, event: jobs_pb2.JobEvent) -> Exit:
    if event.state == jobs_pb2.JOB_STATE_COMPLETED:
        return Exit.OK
    if event.state == jobs_pb2.JOB_STATE_CANCELLED:
        print(
            f"film: {short(job)} was cancelled; start it again with: film retry {short(job)}", file=sys.stderr
        )
        return Exit.CANCELLED
    print(failure_text(job, event.failure), file=sys.stderr)
    return Exit.FAILED
