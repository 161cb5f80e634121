"""A round for each save: look at the text, plan, render, show; a newer save ends the round that goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from filmstudio.cli.checking import Checked, checked
from filmstudio.cli.follow import display, first_of, show_until_end, until
from filmstudio.cli.job_names import short
from filmstudio.cli.job_view import JobView
from filmstudio.cli.outcomes import failure_text
from filmstudio.cli.places import Place
from filmstudio.cli.plan_view import plan_seen
from filmstudio.cli.rendering import Render, with_pools
from filmstudio.cli.saving import save
from filmstudio.cli.watching.board import Board, Phase
from filmstudio.cli.watching.displays import Displays, PageDisplay, RunsTaken
from filmstudio.cli.watching.open_jobs import OpenJobs
from filmstudio.cli.watching.saves import Latest, Save, saves
from filmstudio.cli.watching.telling import Teller
from filmstudio.cli.watching.viewer import Player
from filmstudio.client import FilmStudio
from filmstudio.errors import FilmStudioError, RefusedError, SignInError
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.screenplay.v1 import screenplay_pb2


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who is shown what happens."""

    board: Board
    teller: Teller
    player: Player


class Rounds:
    """Renders each text of one screenplay into one project, whose title is that of the first."""

    def __init__(
        self, studio: FilmStudio, place: Place, title: str, wanted: Render, watchers: Watchers
    ) -> None:
        self._studio = studio
        self._place = place
        self._title = title
        self._wanted = wanted
        self._options = wanted.choices.options()
        self._board = watchers.board
        self._teller = watchers.teller
        self._player = watchers.player
        self._jobs = OpenJobs(studio)
        self._film_keys: Sequence[str] = ()
        self._at_work: Save | None = None

    async def run(self) -> None:
        """Go on until cancelled. Raises SignInError, OSError."""
        first = Save(self._wanted.content)
        latest = Latest(first)

        async def feed() -> None:
            async for newer in saves(self._wanted.script, first):
                # An editor that saves a text twice does not mean two films.
                if newer != self._at_work:
                    latest.put(newer)

        async with asyncio.TaskGroup() as group:
            group.create_task(feed())
            while True:
                text = await latest.take()
                if text is not first and not text.fault:
                    self._teller.saved()
                self._at_work = text
                await until(latest.is_there, self._round(text))
                self._at_work = None

    async def end(self) -> None:
        """Cancel what still runs. Raises FilmStudioError, TimeoutError."""
        await self._player.end()
        for name in await self._jobs.cancel():
            self._teller.cancelled(short(name))

    async def _round(self, text: Save) -> None:
        self._board.looks()
        try:
            if not await self._rendered(text):
                await self._cancel_older()
        except SignInError:
            raise
        except RefusedError as refused:
            self._keep(Phase.FAILED, str(refused))
            await self._cancel_older()
        except FilmStudioError as error:
            # The studio is away or busy: what is older is cancelled with the next text.
            self._keep(Phase.FAILED, str(error))

    async def _rendered(self, text: Save) -> bool:
        """Whether a job was made for the text, which takes over from older ones."""
        began = time.monotonic()
        if text.fault:
            self._keep(Phase.FAULTY, text.fault)
            return False
        if await self._is_faulty(text.content):
            # The page shows the remarks.
            self._board.keeps(Phase.FAULTY, "")
            self._teller.keeps("the text has mistakes")
            return False
        plan = await self._plan(text.content)
        keys = [task.plan_key for task in plan.tasks]
        if keys == self._film_keys:
            self._board.shows(is_new=False, note="")
            self._teller.same()
            return False
        self._board.plans(plan_seen(self._title, plan))
        self._teller.plans(self._title, plan)
        job = await self._start(text.content)
        await self._follow(job)
        await self._finish(job, keys, began)
        return True

    async def _is_faulty(self, content: bytes) -> bool:
        looked = await checked(self._studio, str(self._wanted.script), content, "")
        self._board.remarks(looked)
        self._teller.looked(looked)
        return _has_errors(looked)

    async def _plan(self, content: bytes) -> jobs_pb2.RenderPlan:
        project = await self._studio.find_project(self._title)
        name = "" if project is None else project.name
        return await with_pools(self._place, lambda: self._studio.plan_render(name, self._options, content))

    async def _start(self, content: bytes) -> str:
        project = await self._studio.project_called(self._title)
        revision = await self._studio.import_screenplay(project.name, content)
        budget_micros = self._wanted.choices.budget_micros
        job = await self._jobs.make(
            lambda: self._studio.create_job(project.name, revision.name, self._options, budget_micros)
        )
        return job.name

    async def _follow(self, job: str) -> None:
        """Show the job until its end; older ones are cancelled when it has taken over their runs."""
        view, taken = JobView(self._title), RunsTaken()
        terminal = display(view, as_json=self._wanted.as_json)
        shown = Displays([terminal, PageDisplay(view, self._board), taken])

        async def take_over() -> None:
            await taken.event.wait()
            await self._cancel_older(than=job)

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(take_over())
                await show_until_end(self._studio, job, view, shown)
        except BaseExceptionGroup as errors:
            raise first_of(errors) from errors
        finally:
            shown.close()

    async def _finish(self, name: str, keys: Sequence[str], began: float) -> None:
        job = await self._studio.job(name)
        self._jobs.ended(name)
        if job.state == jobs_pb2.JOB_STATE_FAILED:
            self._keep(Phase.FAILED, failure_text(name, job.failure))
        elif job.state == jobs_pb2.JOB_STATE_CANCELLED:
            self._keep(Phase.FAILED, f"{short(name)} was cancelled elsewhere")
        else:
            await save(self._studio, name, self._wanted.output, self._wanted.asset)
            self._film_keys = keys
            self._board.shows(is_new=True, note="")
            self._teller.made(job, self._wanted.output, time.monotonic() - began)
            await self._player.play(self._wanted.output)

    async def _cancel_older(self, than: str = "") -> None:
        for name in await self._jobs.cancel(kept=than):
            self._teller.cancelled(short(name))

    def _keep(self, phase: Phase, why: str) -> None:
        self._board.keeps(phase, why)
        self._teller.keeps(why)


def _has_errors(looked: Checked) -> bool:
    return looked.refused is not None or bool(looked.count(screenplay_pb2.SEVERITY_ERROR))
