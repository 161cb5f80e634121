"""Calls of the client: repeated while the studio is away, errors of its own kind, lists of any length."""

from __future__ import annotations

import asyncio

import pytest

from filmstudio import errors
from filmstudio.account import Account
from filmstudio.calls import Patience
from filmstudio.client import FilmStudio, connect
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform import errors as server_errors
from studio_platform.embedded.ports import free_ports
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, StudioRig

AWAY = server_errors.Unavailable("AWAY", "The studio is not ready.")


async def test_call_is_repeated_while_the_studio_is_away(rig: StudioRig, studio: FilmStudio) -> None:
    job = rig.script.job()
    rig.script.faults["GetJob"].extend([AWAY, AWAY])

    found = await studio.job(job.name)

    assert found.name == job.name
    assert rig.script.calls["GetJob"] == 3


async def test_call_waits_for_a_studio_that_is_started_again(rig: StudioRig, studio: FilmStudio) -> None:
    job = rig.script.job()
    await studio.job(job.name)
    await rig.stop()
    calling = asyncio.create_task(studio.job(job.name))

    await rig.start()

    assert (await calling).name == job.name


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (server_errors.InvalidInput("BAD", "That is no name."), errors.RefusedError),
        (server_errors.NotFound("JOB_NOT_FOUND", "No such job."), errors.NotFoundError),
        (server_errors.FailedPrecondition("POOL_MISSING", "No pool."), errors.RefusedError),
        (server_errors.AlreadyExists("TAKEN", "Taken."), errors.RefusedError),
        (server_errors.PermissionDenied("SCOPE_MISSING", "Not allowed."), errors.RefusedError),
        (server_errors.ResourceExhausted("TOO_MANY", "Too many."), errors.BusyError),
        (server_errors.Internal("BUG", "Our fault."), errors.StudioFaultError),
    ],
)
async def test_other_errors_come_at_once_with_their_reason(
    rig: StudioRig, studio: FilmStudio, fault: server_errors.StudioError, kind: type[errors.FilmStudioError]
) -> None:
    rig.script.faults["GetJob"].append(fault)

    with pytest.raises(kind, match=fault.user_text) as caught:
        await studio.job(rig.script.job().name)

    assert caught.type is kind
    assert caught.value.cause.reason == fault.reason
    assert rig.script.calls["GetJob"] == 1


async def test_call_that_came_too_often_waits_as_long_as_it_is_told(
    rig: StudioRig, studio: FilmStudio
) -> None:
    job = rig.script.job()
    for _ in range(2):
        rig.script.faults["GetJob"].append(
            server_errors.ResourceExhausted("TOO_MANY_CALLS", "Too many calls.", retry_after_seconds=0.02)
        )

    assert (await studio.job(job.name)).name == job.name
    assert rig.script.calls["GetJob"] == 3


async def test_wait_that_is_too_long_is_an_error_that_says_when_to_come_back(
    rig: StudioRig, studio: FilmStudio
) -> None:
    rig.script.faults["GetJob"].append(
        server_errors.ResourceExhausted("TOO_MANY_CALLS", "Too many calls.", retry_after_seconds=41.2)
    )

    with pytest.raises(errors.BusyError) as caught:
        await studio.job(rig.script.job().name)

    assert str(caught.value) == "Too many calls. Try again in 42 s."
    assert caught.value.retry_after_seconds == 41.2
    assert rig.script.calls["GetJob"] == 1


async def test_fault_of_the_studio_names_the_request_for_its_operators(
    rig: StudioRig, studio: FilmStudio
) -> None:
    rig.script.faults["GetJob"].append(server_errors.Internal("BUG", "Our fault."))

    with pytest.raises(errors.StudioFaultError) as caught:
        await studio.job(rig.script.job().name)

    assert caught.value.cause.request_id
    assert caught.value.cause.request_id in str(caught.value)


async def test_studio_that_stays_away_is_named_with_the_reason() -> None:
    (port,) = free_ports(1)
    async with connect(f"127.0.0.1:{port}", Account(EMAIL, PASSWORD), Patience(0.0, 0.0)) as studio:
        with pytest.raises(errors.UnreachableError) as caught:
            await studio.pools()

    assert str(caught.value) == f"the studio at 127.0.0.1:{port} does not answer: nothing listens there"


async def test_name_that_is_not_known_is_not_asked_for_twice() -> None:
    patience = Patience(first_seconds=3600.0)
    async with connect("no-such-host.invalid", Account(EMAIL, PASSWORD), patience) as studio:
        with pytest.raises(errors.UnreachableError, match="the name is not known"):
            await studio.pools()


async def test_job_whose_answer_was_lost_is_made_once(rig: StudioRig, studio: FilmStudio) -> None:
    rig.script.lost_answers["CreateJob"] = 1

    job = await studio.create_job(rig.script.project("a film").name, "")

    assert rig.script.calls["CreateJob"] == 2
    assert [made.name for made in rig.script.jobs] == [job.name]


async def test_project_is_found_by_its_name_on_any_page(rig: StudioRig, studio: FilmStudio) -> None:
    names = [f"film {number}" for number in range(5)]
    made = {name: rig.script.project(name).name for name in names}

    found = [(await studio.project_called(name)).name for name in names]

    assert found == list(made.values())
    assert rig.script.calls["CreateProject"] == 0


async def test_project_that_there_is_not_is_made(rig: StudioRig, studio: FilmStudio) -> None:
    made = await studio.project_called("a new film")

    assert made.display_name == "a new film"
    assert rig.script.calls["CreateProject"] == 1


async def test_all_tasks_come_whatever_the_page_size(rig: StudioRig, studio: FilmStudio) -> None:
    job = rig.script.job()
    job.tasks += [jobs_pb2.Task(name=f"{job.name}/tasks/{number}") for number in range(1, 6)]

    tasks = await studio.tasks(job.name)

    assert tasks == job.tasks


async def test_wrong_password_is_a_sign_in_error(rig: StudioRig) -> None:
    async with connect(rig.address, Account(EMAIL, "not the password")) as studio:
        with pytest.raises(errors.SignInError, match="wrong"):
            await studio.me()


async def test_me_is_who_signed_in(studio: FilmStudio) -> None:
    assert (await studio.me()).email == EMAIL
