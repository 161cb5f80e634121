"""What cannot be made ends, with an error that names what is wrong and tells nothing of our insides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import grpc
import pytest
from google.protobuf.message import Message

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.jobs.v1.jobs_pb2_grpc import JobsServiceStub
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.screenplay.v1.screenplay_pb2_grpc import ScreenplayServiceStub
from studio_platform.testing.details import details_of
from studio_platform.testing.standin import FULL, ObjectStandIn
from tests.e2e.conftest import FaultPoints, Studio
from tests.e2e.visitors import SCRIPT, Made, Visitor, visitor

pytestmark = pytest.mark.timeout(600)

NOBODYS = "00000000-0000-7000-8000-000000000000"
INSIDES = ("Traceback", "Error(", "127.0.0.1", "asyncpg", "studio_", ".py", "injected", "S3", "HTTP", "507")


def tells_nothing_of_the_insides(text: str) -> bool:
    """Whether people may read it."""
    return text != "" and not any(word in text for word in INSIDES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "bad.fountain: the screenplay is empty"),
        (b"INT. ROOM - DAY\n\nCaf\xe9.\n", "Byte 20 (0xe9) on line 3 is not UTF-8"),
        (b"INT. ROOM - DAY\n\n" + b"word " * 500_000, "2,500,017 bytes; the limit is 2,097,152"),
    ],
    ids=["empty", "not UTF-8", "too much"],
)
def test_the_film_command_refuses_a_bad_screenplay_with_what_is_wrong(
    studio: Studio, tmp_path: Path, content: bytes, said: str
) -> None:
    script = tmp_path / "bad.fountain"
    script.write_bytes(content)

    refused = studio.render(script)

    assert refused.code == 2
    assert said in refused.errors
    assert tells_nothing_of_the_insides(refused.errors.replace(str(script), ""))
    assert not refused.updates


def test_a_missing_script_is_refused_by_its_path(studio: Studio, tmp_path: Path) -> None:
    refused = studio.render(tmp_path / "none.fountain")

    assert refused.code == 2
    assert "none.fountain: No such file" in refused.errors


def test_an_unknown_job_is_refused_by_its_name(studio: Studio) -> None:
    refused = studio.film("watch", f"jobs/{NOBODYS}")

    assert refused.returncode == 2
    assert f"jobs/{NOBODYS} does not exist" in refused.stderr


@pytest.fixture
async def ada(studio: Studio) -> AsyncIterator[Visitor]:
    async with visitor(studio) as somebody:
        yield somebody


async def refused(call: Awaitable[object]) -> grpc.aio.AioRpcError:
    """The error of a call that is refused, in words for people."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    assert tells_nothing_of_the_insides(raised.value.details() or "")
    return raised.value


def violated_fields(error: grpc.aio.AioRpcError) -> list[str]:
    """The fields that the error names for programs."""
    return [violation.field for violation in details_of(error)["BadRequest"].field_violations]


@pytest.mark.parametrize(
    ("content", "reason", "said"),
    [
        (b" \n\t\n", "SCREENPLAY_EMPTY", "is empty"),
        (b"MARA\nIs anybody there?\n", "SCREENPLAY_NO_SCENES", "no scene heading"),
        (b"INT. ROOM - DAY\n\nA lamp.\n\x00", "SCREENPLAY_BINARY", "Byte 25 (0x00) on line 4 "),
        (b"INT. ROOM - DAY\n\nCaf\xe9.\n", "SCREENPLAY_WRONG_ENCODING", "Byte 20 (0xe9) on line 3 "),
        ("INT. ROOM - DAY\n".encode("utf-16"), "SCREENPLAY_WRONG_ENCODING", "is UTF-16, not UTF-8"),
        (b"%PDF-1.7\n", "SCREENPLAY_UNSUPPORTED_FORMAT", "is a PDF"),
        (b"INT. ROOM - DAY\n\n" + b"word " * 2_000, "SCREENPLAY_LINE_TOO_LONG", "Line 3 has 10,000 bytes; "),
        (b"word\n" * 500_000, "INVALID_REQUEST", "2097152 bytes"),
    ],
    ids=["blank", "no scene", "binary", "Latin-1", "UTF-16", "a PDF", "a long line", "too much"],
)
async def test_a_bad_screenplay_names_field_line_and_limit(
    ada: Visitor, content: bytes, reason: str, said: str
) -> None:
    project = await ada.client.project_called("A Room")
    request = screenplay_pb2.ImportScreenplayRequest(project=project.name, content=content)

    error = await refused(ada.ask(ScreenplayServiceStub, "ImportScreenplay", request))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details_of(error)["ErrorInfo"].reason == reason
    assert said in (error.details() or "")
    assert violated_fields(error) == ["content"]


async def test_an_unknown_project_is_refused_by_its_name(ada: Visitor) -> None:
    unknown = f"projects/{NOBODYS}"
    screenplay = screenplay_pb2.ImportScreenplayRequest(project=unknown, content=SCRIPT)

    imported = await refused(ada.ask(ScreenplayServiceStub, "ImportScreenplay", screenplay))
    rendered = await refused(
        ada.ask(JobsServiceStub, "CreateJob", jobs_pb2.CreateJobRequest(project=unknown))
    )

    assert {error.code() for error in (imported, rendered)} == {grpc.StatusCode.NOT_FOUND}
    assert {error.details() for error in (imported, rendered)} == {f"{unknown} does not exist."}


async def test_options_out_of_their_limits_are_refused_all_at_once(ada: Visitor) -> None:
    project = await ada.client.project_called("A Room")
    await ada.client.import_screenplay(project.name, SCRIPT)
    options = jobs_pb2.RenderOptions(loudness_target_millilufs=-1)
    options.size.width_px, options.size.height_px = 1281, 64_000
    request = jobs_pb2.CreateJobRequest(project=project.name, options=options)

    error = await refused(ada.ask(JobsServiceStub, "CreateJob", request))

    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert violated_fields(error) == [
        "options.size.width_px",
        "options.size.height_px",
        "options.loudness_target_millilufs",
    ]


def questions_about(name: str) -> list[tuple[str, Message]]:
    """Every call that names a job."""
    return [
        ("GetJob", jobs_pb2.GetJobRequest(name=name)),
        ("ListTasks", jobs_pb2.ListTasksRequest(job=name)),
        ("CancelJob", jobs_pb2.CancelJobRequest(name=name)),
        ("RetryJob", jobs_pb2.RetryJobRequest(name=name)),
        ("GetDownloadUrl", jobs_pb2.GetDownloadUrlRequest(name=name)),
        ("GetCutList", jobs_pb2.GetCutListRequest(name=name)),
        ("WatchJob", jobs_pb2.WatchJobRequest(name=name)),
    ]


async def test_a_job_of_another_workspace_looks_like_one_that_never_was(studio: Studio, ada: Visitor) -> None:
    job = await ada.submitted()
    await ada.ended(job)

    async with visitor(studio) as eve:
        asked = [*questions_about(job.name), *questions_about(f"jobs/{NOBODYS}")]
        answers = [await refused(eve.ask(JobsServiceStub, method, request)) for method, request in asked]
        request = jobs_pb2.CreateJobRequest(project=job.project)
        other_project = await refused(eve.ask(JobsServiceStub, "CreateJob", request))
        seen = [seen.name async for seen in eve.client.jobs()]

    assert {error.code() for error in (*answers, other_project)} == {grpc.StatusCode.NOT_FOUND}
    said = [error.details() for error in answers]
    assert said == [
        f"{name} does not exist." for name in (job.name, f"jobs/{NOBODYS}") for _ in questions_about(name)
    ]
    assert seen == []


def failure_of(made: Made) -> jobs_pb2.Failure:
    """The failure of a job that failed, in words for people."""
    assert made.job.state == jobs_pb2.JOB_STATE_FAILED
    assert tells_nothing_of_the_insides(made.job.failure.message)
    return made.job.failure


async def test_an_engine_that_fails_on_a_shot_fails_the_job_and_its_retry_takes_what_was_made(
    ada: Visitor, faults: FaultPoints
) -> None:
    faults.arm("videogen.clip.running")

    first = await ada.ended(await ada.submitted())
    second = await ada.ended(await ada.client.retry(first.job.name))

    failure = failure_of(first)
    assert (failure.reason, failure.stage) == (jobs_pb2.FAILURE_REASON_ENGINE_FAILED, jobs_pb2.STAGE_VIDEO)
    (clip,) = [task for task in first.tasks if task.state == jobs_pb2.TASK_STATE_FAILED]
    assert failure.message.startswith(f"{clip.display_name} (screenplay line {clip.line_first}): ")
    assert (failure.shot_id, failure.line) == (clip.shot_id, clip.line_first)
    assert second.job.state == jobs_pb2.JOB_STATE_COMPLETED
    assert second.job.retry_of == first.job.name
    made_before = {task.display_name for task in first.tasks if task.state == jobs_pb2.TASK_STATE_DONE}
    assert made_before
    assert made_before <= {task.display_name for task in second.tasks if task.cached}


async def test_a_full_store_fails_the_job_and_its_retry_works_once_there_is_room(
    ada: Visitor, store: ObjectStandIn
) -> None:
    store.answer = FULL
    try:
        first = await ada.ended(await ada.submitted())
    finally:
        store.answer = None
    second = await ada.ended(await ada.client.retry(first.job.name))

    failure = failure_of(first)
    assert failure.reason == jobs_pb2.FAILURE_REASON_STORAGE_FAILED
    assert failure.message.endswith("The object store is full; free some space, then retry.")
    assert second.job.state == jobs_pb2.JOB_STATE_COMPLETED
