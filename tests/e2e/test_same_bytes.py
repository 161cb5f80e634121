"""A film of real engines after random edits has the bytes that another account makes of it from nothing."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from filmstudio.casting.v1 import casting_pb2
from filmstudio.cli.archives.exporting import export
from filmstudio.cli.archives.importing import import_project
from filmstudio.generation.v1 import artifact_pb2, task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.shots.v1 import shots_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_platform.manifests import MANIFESTS_PREFIX, read_manifest_key
from studio_platform.objects import ObjectStore
from studio_platform.s3 import open_objects
from studio_platform.settings import ObjectSettings
from tests.e2e.conftest import NULL_ENGINES, Studio, end_studio, make_studio
from tests.e2e.visitors import SMALL, Made, Visitor, visitor

TITLE = "A Small Room"
EDITS_EACH = 5
RENDERS_EACH = 2
OBJECTS_MAX = 10_000
SCRIPT = (
    "Title: A Small Room",
    "INT. KITCHEN - NIGHT",
    "Rain on the window.",
    "MARA\nIs anybody there?",
    "EXT. STREET - DAY",
    "A tram passes.",
)
LINES = ("MARA\nNobody.", "MARA\nI heard the door.", "MARA\nWait.")
ACTIONS = ("Rain on the window.", "The kettle boils.", "A lamp goes out.")

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]


@dataclass(slots=True)
class Room:
    """A project that is edited at random, as `dice` fall."""

    somebody: Visitor
    project: str
    dice: random.Random
    script: list[str] = field(default_factory=lambda: list(SCRIPT))

    async def write(self) -> None:
        self.script[3] = self.dice.choice(LINES)
        self.script[2] = self.dice.choice(ACTIONS)
        await self.bring()

    async def bring(self) -> None:
        await self.somebody.client.import_screenplay(self.project, "\n\n".join(self.script).encode())

    async def recast(self) -> None:
        (member,) = await self.somebody.client.cast_members(self.project)
        look = f"a woman in a coat of {self.dice.randrange(2, 9)} colours"
        edit = casting_pb2.CastMember(
            name=member.name, look=look, voice=self.dice.choice(("af_heart", "bf_emma"))
        )
        await self.somebody.client.update_cast_member(edit, ["look", "voice"])

    async def retake(self) -> None:
        shot = await self._shot()
        await self.somebody.client.directing.retake_shot(
            shot.name, shots_pb2.TakeSettings(seed=self.dice.randrange(1, 99)), ["seed"], shot.etag
        )

    async def direct(self) -> None:
        move = self.dice.choice((task_pb2.CAMERA_MOVE_PULL_OUT, task_pb2.CAMERA_MOVE_HANDHELD))
        shot = await self._shot()
        await self.somebody.client.directing.update_shot(
            shot.name, shots_pb2.TakeSettings(camera_move=move), ["camera_move"]
        )

    async def trim(self) -> None:
        edit = timeline_pb2.ShotEdit(
            head_trim_ms=self.dice.randrange(0, 300), hold_ms=self.dice.randrange(0, 600)
        )
        shot = timeline_pb2.TimelineShot(name=await self._on_timeline(), edit=edit)
        await self.somebody.client.timelines.update_shot(shot, ["edit.head_trim_ms", "edit.hold_ms"])

    async def join(self) -> None:
        kind = self.dice.choice((timeline_pb2.TRANSITION_KIND_CROSSFADE, timeline_pb2.TRANSITION_KIND_DIP))
        edit = timeline_pb2.ShotEdit(transition=timeline_pb2.Transition(kind=kind, length_ms=400))
        timeline = await self.somebody.client.timelines.of(self.project)
        first = timeline_pb2.TimelineShot(name=timeline.scenes[0].shots[0].name, edit=edit)
        await self.somebody.client.timelines.update_shot(first, ["edit.transition"])

    async def title(self) -> None:
        titles = timeline_pb2.Titles(
            name=f"{self.project}/timeline/titles", title=f"Room {self.dice.randrange(9)}"
        )
        await self.somebody.client.timelines.update_titles(titles, ["title"])

    async def edit(self) -> None:
        """One edit."""
        edits: tuple[Callable[[], Awaitable[None]], ...] = (
            self.write,
            self.recast,
            self.retake,
            self.direct,
            self.trim,
            self.join,
            self.title,
        )
        await self.dice.choice(edits)()

    async def _shot(self) -> shots_pb2.Shot:
        shots = await self.somebody.client.directing.shots(self.project)
        return self.dice.choice([shot for shot in shots if shot.in_screenplay])

    async def _on_timeline(self) -> str:
        timeline = await self.somebody.client.timelines.of(self.project)
        return self.dice.choice([shot.name for scene in timeline.scenes for shot in scene.shots])


@pytest.fixture(scope="module")
def real() -> Iterator[Studio]:
    """A studio with the embedded engines."""
    made = make_studio()
    for name in NULL_ENGINES.keys() - {"FILM_LEASE_SECONDS"}:
        del made.environment[name]
    started = made.film("up")
    assert started.returncode == 0, started.stderr
    yield made
    end_studio(made)


@asynccontextmanager
async def objects_of(studio: Studio) -> AsyncIterator[ObjectStore]:
    """The studio's own store."""
    secrets = json.loads((studio.home / "state.json").read_text())["secrets"]
    settings = ObjectSettings(
        s3_endpoint=studio.s3_address,
        s3_access_key=secrets["s3-jobs-access"],
        s3_secret_key=SecretStr(secrets["s3-jobs-secret"]),
    )
    async with open_objects(settings) as objects:
        yield objects


async def artifacts_of(
    objects: ObjectStore, somebody: Visitor, made: Made
) -> Mapping[str, tuple[bool, tuple[bytes, ...]]]:
    """For each part of a film whether its engine calls itself deterministic, and the bytes that it made."""
    workspace = (await somebody.client.me()).workspace.removeprefix("workspaces/")
    keys = {task.content_key for task in made.tasks}
    found = {}
    for info in await objects.list(f"{MANIFESTS_PREFIX}{workspace}/", count_max=OBJECTS_MAX):
        place = read_manifest_key(info.key)
        assert place is not None
        if place.content_key in keys:
            manifest = artifact_pb2.Manifest.FromString(await objects.get(info.key))
            blobs = [await objects.get(f"blobs/{workspace}/{part.sha256}") for part in manifest.parts]
            found[place.content_key] = (manifest.deterministic, tuple(blobs))
    assert found.keys() == keys
    return found


async def rendered(somebody: Visitor, project: str) -> Made:
    job = await somebody.client.create_job(project, "", SMALL)
    return await somebody.ended(job)


async def edited(somebody: Visitor, seed: int) -> Made:
    """A film after edits, rendered now and then on the way."""
    dice = random.Random(seed)  # noqa: S311 -- edits, not secrets
    project = await somebody.client.project_called(TITLE)
    room = Room(somebody, project.name, dice)
    await room.bring()
    for _ in range(RENDERS_EACH):
        for _ in range(EDITS_EACH):
            await room.edit()
        made = await rendered(somebody, room.project)
    return made


@pytest.mark.parametrize("seed", range(3))
async def test_an_edited_film_has_the_bytes_of_one_made_from_nothing(
    real: Studio, tmp_path: Path, seed: int
) -> None:
    archive = tmp_path / "room.zip"
    async with visitor(real) as somebody, visitor(real) as other, objects_of(real) as objects:
        film = await edited(somebody, seed)
        await export(somebody.client, TITLE, archive, as_json=True)
        await import_project(other.client, archive, "", as_json=True)
        project = await other.client.project_called(TITLE)
        from_nothing = await rendered(other, project.name)
        ours = await artifacts_of(objects, somebody, film)
        theirs = await artifacts_of(objects, other, from_nothing)

    assert film.job.state == from_nothing.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert not any(task.cached for task in from_nothing.tasks)
    assert all(deterministic for deterministic, _ in theirs.values())
    assert different(ours, theirs) == []
    assert film.film == from_nothing.film


def different(ours: Mapping[str, object], theirs: Mapping[str, object]) -> list[str]:
    """The keys of the parts that are not the same."""
    return sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))
