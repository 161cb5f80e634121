"""What the film command lists, names and fetches."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from filmstudio import errors
from filmstudio.cli import one_job
from filmstudio.cli.assets import AssetName
from filmstudio.cli.checks import check_pools
from filmstudio.cli.exits import Exit
from filmstudio.cli.job_names import full_name
from filmstudio.cli.listing import list_jobs, list_pools, list_tasks
from filmstudio.client import FilmStudio
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.pools.v1 import pools_pb2
from studio_platform.errors import FailedPrecondition
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

Printed = pytest.CaptureFixture[str]


def completed(rig: StudioRig, title: str) -> ScriptedJob:
    job = rig.script.job(rig.script.project(title).name)
    job.message.state = jobs_pb2.JOB_STATE_COMPLETED
    job.message.film_length_ms = 56_900
    job.message.stages.add(stage=jobs_pb2.STAGE_IMAGES, done=3, cached=1, total=3)
    return job


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def words(printed: Printed) -> Sequence[list[str]]:
    return [line.split() for line in printed.readouterr().out.splitlines()]


async def test_jobs_are_listed_with_title_state_progress_and_length(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    job = completed(rig, "Ferry")

    await list_jobs(studio, 20, as_json=False)

    head, row = words(capsys)
    assert head == ["JOB", "PROJECT", "STATE", "PROGRESS", "AGE", "LENGTH"]
    assert row[:4] == [job.name.removeprefix("jobs/")[:13], "Ferry", "COMPLETED", "3/3"]
    assert row[-1] == "0:56"


async def test_as_many_jobs_are_listed_as_are_asked_for(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    for number in range(5):
        completed(rig, f"film {number}")

    await list_jobs(studio, 3, as_json=True)

    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert names == sorted((job.name for job in rig.script.jobs), reverse=True)[:3]


async def test_failed_job_is_listed_with_its_reason(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    job = completed(rig, "Ferry")
    job.message.state = jobs_pb2.JOB_STATE_FAILED
    job.message.failure.reason = jobs_pb2.FAILURE_REASON_ENGINE_FAILED

    await list_jobs(studio, 20, as_json=False)

    assert "FAILED ENGINE_FAILED" in capsys.readouterr().out


async def test_job_of_a_project_that_is_gone_is_listed(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    completed(rig, "Ferry")
    rig.script.projects.clear()

    await list_jobs(studio, 20, as_json=False)

    assert words(capsys)[1][1] == "COMPLETED"


async def test_no_jobs_yet_says_how_to_make_a_film(studio: FilmStudio, capsys: Printed) -> None:
    await list_jobs(studio, 20, as_json=False)

    assert "film render SCRIPT" in capsys.readouterr().out


async def test_tasks_are_listed_with_engine_and_dispatch(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    done = jobs_pb2.TASK_STATE_DONE
    job = completed(rig, "Ferry")
    job.tasks += [
        jobs_pb2.Task(display_name="still", state=done, cached=True, line_first=9, line_last=9),
        jobs_pb2.Task(display_name="film", state=done, dispatch=2, failures=1, engine="pyav"),
    ]

    await list_tasks(studio, job.name, as_json=False)

    assert words(capsys) == [
        ["TASK", "STATE", "MADE", "FAILED", "LINES", "ENGINE"],
        ["still", "DONE", "cached", "9"],
        ["film", "DONE", "dispatch", "2", "1", "pyav"],
    ]


async def test_pools_are_listed_with_engine_and_load(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    engine = task_pb2.EngineRef(engine="kokoro", model="kokoro-82m-int8")
    kind = task_pb2.TASK_KIND_SPEECH
    rig.script.pools.append(
        pools_pb2.Pool(name="pools/kokoro-speech", kind=kind, engine=engine, live=True, running_runs=2)
    )

    await list_pools(studio, as_json=False)

    assert words(capsys)[1] == ["kokoro-speech", "speech", "live", "2", "0", "kokoro", "(kokoro-82m-int8)"]


async def test_checked_pools_are_listed_with_their_times_and_worker(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    rig.script.pools.append(pools_pb2.Pool(name="pools/null-still", live=True))

    code = await check_pools(studio, as_json=False)

    assert code is Exit.OK
    assert words(capsys)[1] == ["null-still", "works", "20", "ms", "7", "ms", "3", "ms", "w@host:1"]


async def test_a_pool_that_fails_its_check_fails_the_command_and_says_why(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    rig.script.pools += [pools_pb2.Pool(name="pools/a", live=True), pools_pb2.Pool(name="pools/b")]
    rig.script.faults["CheckPool"].append(
        FailedPrecondition("POOL_SILENT", "pools/a has had no live worker.")
    )

    code = await check_pools(studio, as_json=False)

    printed = words(capsys)
    assert code is Exit.FAILED
    assert sorted(row[1] for row in printed[1:3]) == ["FAILED", "works"]
    assert printed[-1] == ["pools/a", "has", "had", "no", "live", "worker."]


@pytest.mark.parametrize("form", ["name", "id", "start", "capitals"])
async def test_job_is_named_by_as_much_as_is_unique(rig: StudioRig, studio: FilmStudio, form: str) -> None:
    job, other = completed(rig, "this").name, completed(rig, "other").name
    differs_at = next(at for at, pair in enumerate(zip(job, other, strict=True)) if pair[0] != pair[1])
    forms = {
        "name": job,
        "id": job.removeprefix("jobs/"),
        "start": job[: differs_at + 1].removeprefix("jobs/"),
        "capitals": job.removeprefix("jobs/").upper(),
    }

    assert await full_name(studio, forms[form]) == job


async def test_start_of_several_jobs_names_them_all(rig: StudioRig, studio: FilmStudio) -> None:
    jobs = [completed(rig, "this").name, completed(rig, "other").name]

    with pytest.raises(errors.RefusedError) as caught:
        await full_name(studio, jobs[0].removeprefix("jobs/")[:8])

    assert all(job.removeprefix("jobs/") in str(caught.value) for job in jobs)


@pytest.mark.parametrize("written", ["zzz", "0000", "projects/1", "", "01"])
async def test_what_names_no_job_is_refused(rig: StudioRig, studio: FilmStudio, written: str) -> None:
    completed(rig, "this")

    with pytest.raises(errors.RefusedError, match="film jobs lists them"):
        await full_name(studio, written)


async def test_search_for_a_start_ends_where_ids_are_older(rig: StudioRig, studio: FilmStudio) -> None:
    for number in range(7):
        completed(rig, f"film {number}")
    newest = max(job.name for job in rig.script.jobs).removeprefix("jobs/")

    with pytest.raises(errors.RefusedError, match="no job starts with"):
        await full_name(studio, f"{newest[:-1]}-")

    assert rig.script.calls["ListJobs"] == 1


async def test_cancel_says_what_became_of_the_job(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    job = rig.script.job()

    code = await one_job.cancel(studio, job.name, as_json=False)

    assert code is Exit.OK
    assert capsys.readouterr().out == f"{job.name.removeprefix('jobs/')[:13]} is CANCELLED\n"


async def test_asset_is_written_where_it_is_asked_for(
    rig: StudioRig, studio: FilmStudio, tmp_path: Path, capsys: Printed
) -> None:
    job = completed(rig, "this")
    job.files[jobs_pb2.ASSET_SUBTITLES_SRT] = b"subtitles"
    path = tmp_path / "new" / "film.srt"

    await one_job.download(studio, job.name, one_job.Wanted(AssetName.SUBTITLES, path=path), as_json=False)

    assert path.read_bytes() == b"subtitles"
    assert capsys.readouterr().out == f"{path}\n"


async def test_suggested_name_stays_in_this_folder(
    rig: StudioRig,
    studio: FilmStudio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Printed,
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    job = completed(rig, "this")
    job.files[jobs_pb2.ASSET_POSTER] = b"a poster"

    await one_job.download(studio, job.name, one_job.Wanted(AssetName.POSTER), as_json=True)

    assert json.loads(capsys.readouterr().out)["path"] == "a-film2.bin"
    assert names_in(tmp_path / "here") == ["a-film2.bin"]
