"""What lets a project come from elsewhere: its seeds' origin, and the ids of its texts' shots."""

from __future__ import annotations

from uuid import uuid4

import pytest

from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.servicers.projects import ProjectsServicer
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_platform.errors import InvalidInput
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.cutting_room import sources_of
from tests.integration.jobs.stage import SCRIPT, Stage

ORIGIN = "01a217a0-ecfa-727a-a2bb-840344b0dc07"

pytestmark = pytest.mark.usefixtures("caller")


@pytest.fixture
async def caller(stage: Stage) -> None:
    """A member of the workspace, who makes the calls."""
    set_current_identity(Identity(str(uuid4()), str(stage.workspace)))


@pytest.fixture
def projects(stage: Stage) -> ProjectsServicer:
    return ProjectsServicer(stage.projects)


@pytest.fixture
def screenplays(stage: Stage) -> ScreenplayServicer:
    return ScreenplayServicer(stage.projects, sources_of(stage))


async def made(projects: ProjectsServicer, origin: str = "", request_id: str = "") -> projects_pb2.Project:
    project = projects_pb2.Project(display_name="Ferry", seed_origin=origin)
    request = projects_pb2.CreateProjectRequest(project=project, request_id=request_id)
    return await projects.CreateProject(request, None)


async def test_seeds_follow_from_the_projects_own_id_or_from_the_one_that_it_was_made_with(
    projects: ProjectsServicer,
) -> None:
    own, adopted = await made(projects), await made(projects, ORIGIN)

    assert own.name == f"projects/{own.seed_origin}"
    assert adopted.seed_origin == ORIGIN
    assert await projects.GetProject(projects_pb2.GetProjectRequest(name=adopted.name), None) == adopted


async def test_repeated_request_answers_with_the_same_origin(projects: ProjectsServicer) -> None:
    request_id = str(uuid4())

    first, second = await made(projects, ORIGIN, request_id), await made(projects, ORIGIN, request_id)

    assert first == second


async def test_text_that_comes_with_identities_has_those_ids(
    projects: ProjectsServicer, screenplays: ScreenplayServicer
) -> None:
    home, away = await made(projects), await made(projects, ORIGIN)
    kept = await imported(screenplays, home.name)
    for scene in kept.identities:
        for number, shot in enumerate(scene.shots):
            shot.shot_id = f"{scene.scene_id}-renamed-{number}"

    taken = await imported(screenplays, away.name, kept)

    assert taken.identities == kept.identities


async def test_identities_that_name_a_shot_twice_are_refused(
    projects: ProjectsServicer, screenplays: ScreenplayServicer
) -> None:
    home, away = await made(projects), await made(projects)
    kept = await imported(screenplays, home.name)
    shots = [shot for scene in kept.identities for shot in scene.shots]
    shots[1].shot_id = shots[0].shot_id

    with pytest.raises(InvalidInput) as refused:
        await imported(screenplays, away.name, kept)

    assert refused.value.reason == "IDENTITIES_INVALID"


async def imported(
    screenplays: ScreenplayServicer, project: str, kept: screenplay_pb2.ScreenplayRevision | None = None
) -> screenplay_pb2.ScreenplayRevision:
    """The script as a project keeps it, with its identities."""
    request = screenplay_pb2.ImportScreenplayRequest(project=project, content=SCRIPT)
    if kept is not None:
        request.identities.extend(kept.identities)
    revision = await screenplays.ImportScreenplay(request, None)
    named = screenplay_pb2.GetScreenplayRevisionRequest(name=revision.name, identities=True)
    return await screenplays.GetScreenplayRevision(named, None)
