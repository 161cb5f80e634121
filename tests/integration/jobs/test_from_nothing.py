"""After any edits a film is what it would be made from nothing: no stale output can be served."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from filmstudio.generation.v1 import message_pb2, task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.domain.states import JobState, TaskKind
from studio_platform.errors import StudioError
from studio_platform.keys import key_of_text
from tests.integration.jobs.cutting_room import CuttingRoom, open_cutting_room
from tests.integration.jobs.stage import SCRIPT, UNNARRATED, VOICES, Stage, announcement, success
from tests.integration.jobs.test_casting import Cast
from tests.integration.jobs.test_random_edits import EDITS as SCRIPT_EDITS
from tests.integration.jobs.test_timeline import CuttingRoom as Timeline

EDITS_EACH = 6
LENGTHS_MS = (1_200, 1_500, 2_100)

Film = dict[str, tuple[bytes, bytes, str]]
"""For each task its plan key, its content key and its artifact's digest."""


@dataclass(slots=True)
class Studio:
    """One project and all that can be edited of it, drawn by `dice`."""

    stage: Stage
    dice: random.Random
    cast: Cast
    room: Timeline
    shots: CuttingRoom
    script: list[str] = field(default_factory=lambda: SCRIPT.decode().strip().split("\n\n"))

    async def bring(self) -> None:
        content = "\n\n".join(self.script).encode()
        await self.stage.projects.import_screenplay(self.stage.workspace, self.room.project, content, 0)

    async def write(self) -> None:
        self.dice.choice(SCRIPT_EDITS)(self.script, self.dice)
        await self.bring()

    async def recast(self) -> None:
        members = await self.cast.members()
        if members:
            character = self.dice.choice(members).character
            await self.cast.edit(character, look=f"a coat of {self.dice.randrange(9)} colours")

    async def revoice(self) -> None:
        members = await self.cast.members()
        if members:
            character = self.dice.choice(members).character
            await self.cast.edit(character, voice=self.dice.choice(VOICES))

    async def trim(self) -> None:
        label = self.dice.choice(list(await self.room.shots()))
        await self.room.edit(
            label, head_trim_ms=self.dice.randrange(0, 400), hold_ms=self.dice.randrange(900)
        )

    async def move(self) -> None:
        labels = list(await self.room.shots())
        await self.room.move(self.dice.choice(labels), after=self.dice.choice(labels))

    async def join(self) -> None:
        label = self.dice.choice(list(await self.room.shots()))
        kind = self.dice.choice(list(timeline_pb2.TransitionKind.values()))
        await self.room.edit(label, transition=timeline_pb2.Transition(kind=kind, length_ms=400))

    async def retake(self) -> None:
        shot = self.dice.choice(await self.shots.listed())
        await self.shots.retake(shot)

    async def direct(self) -> None:
        shot = self.dice.choice(await self.shots.listed())
        moves = [task_pb2.CAMERA_MOVE_PULL_OUT, task_pb2.CAMERA_MOVE_HANDHELD]
        await self.shots.update(shot, camera_move=self.dice.choice(moves))

    async def light(self) -> None:
        shot = self.dice.choice(await self.shots.listed())
        await self.shots.update(shot, prompt_addition=f"Lit by {self.dice.randrange(1, 9)} candles.")

    async def title(self) -> None:
        await self.room.title(title=f"Film {self.dice.randrange(5)}")

    async def undo(self) -> None:
        await self.shots.undo()

    async def upgrade(self) -> None:
        kind = self.dice.choice(list(TaskKind))
        revision = str(self.dice.randrange(2, 9))
        await self.stage.loops.announcements.take(announcement(kind, revision=revision))

    async def edit(self) -> None:
        """One edit; what can't be done to the film as it is now leaves it as it is."""
        edits: tuple[Callable[[], Awaitable[None]], ...] = (
            self.write,
            self.write,
            self.recast,
            self.revoice,
            self.trim,
            self.move,
            self.join,
            self.retake,
            self.direct,
            self.light,
            self.title,
            self.undo,
            self.upgrade,
        )
        with contextlib.suppress(StudioError):
            await self.dice.choice(edits)()

    async def render(self) -> Film:
        """The film as it is now."""
        create = jobs_pb2.CreateJobRequest(
            project=f"projects/{self.room.project}", request_id=str(uuid4()), options=UNNARRATED
        )
        job = await self.stage.submissions.submit(self.stage.workspace, create)
        ended = await self.stage.run_to_end(job, self.made)
        assert ended.state is JobState.COMPLETED
        found = await self.stage.database.fetch(
            "select t.number, t.display_name, t.plan_key, t.content_key, a.digest from tasks t"
            " join artifacts a on a.workspace_id = t.workspace_id and a.content_key = t.content_key"
            " where t.job_id = $1 order by t.number",
            job.job_id,
        )
        return {
            f"{it['number']} {it['display_name']}": (it["plan_key"], it["content_key"], it["digest"])
            for it in found
        }

    def made(self, order: message_pb2.RunOrder) -> message_pb2.RunResult:
        self.stage.executed.append(order.content_key)
        return engine(order)

    async def forget(self) -> None:
        """Nothing was ever made."""
        await self.stage.database.execute("delete from resolutions")
        await self.stage.database.execute("delete from artifacts")


def engine(order: message_pb2.RunOrder) -> message_pb2.RunResult:
    """What an engine makes of its work: a digest of all that it was given, and one of few lengths.

    So another speech may be as long as the one before, and a key that leaves something out is found out.
    """
    given = hashlib.sha256(order.inline.SerializeToString(deterministic=True))
    result = success(order)
    result.success.length_ms = LENGTHS_MS[given.digest()[0] % len(LENGTHS_MS)]
    result.success.digest = result.success.parts[0].sha256 = given.hexdigest()
    return result


def forgetful_key(uses: str, inputs: Mapping[str, str], spec: str) -> bytes:
    """A key with a mistake: who speaks is left out of it."""
    return key_of_text(uses, inputs, re.sub(r'"voice":"[^"]*"', "", spec))


async def studio_of(stage: Stage, seed: int) -> Studio:
    shots = await open_cutting_room(stage, SCRIPT)
    cast = Cast(stage, shots.casting, shots.project)
    dice = random.Random(seed)  # noqa: S311 -- edits, not secrets
    return Studio(stage, dice, cast, Timeline(stage, shots.timeline, shots.project), shots)


async def edited_and_from_nothing(studio: Studio) -> tuple[Film, Film]:
    for _ in range(EDITS_EACH):
        await studio.edit()
        edited = await studio.render()
    made_before = len(studio.stage.executed)
    await studio.forget()
    from_nothing = await studio.render()
    assert len(studio.stage.executed) - made_before == len({key for _, key, _ in from_nothing.values()})
    return edited, from_nothing


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_edits_a_render_equals_one_from_nothing(stage: Stage, seed: int) -> None:
    edited, from_nothing = await edited_and_from_nothing(await studio_of(stage, seed))

    assert edited == from_nothing


async def test_a_key_that_leaves_something_out_is_found_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio_platform.keys.key_of_text", forgetful_key)
    monkeypatch.setattr("studio_jobs.domain.keys.key_of_text", forgetful_key)
    studio = await studio_of(stage, 0)
    await studio.render()
    await studio.cast.edit("MARA", voice=VOICES[2])

    edited = await studio.render()
    await studio.forget()

    assert await studio.render() != edited
