"""film render at a studio elsewhere: from a screenplay on disk to a film on disk, or one line on why not."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from tests.integration.filmstudio.film_process import Film
from tests.integration.filmstudio.plays import FILM, fails, plays, whole
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

SCRIPT = "Title: The Last Ferry\n\nINT. OFFICE - NIGHT\n\nRain.\n"


@pytest.fixture
def script(stranger: Film) -> str:
    (stranger.folder / "ferry.fountain").write_text(SCRIPT)
    return "ferry.fountain"


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_film_is_written_by_the_scripts_name_and_reported(
    rig: StudioRig, film: Film, script: str
) -> None:
    plays(rig, whole)

    made = await film("render", script)

    assert made.code == 0, made.err
    assert bytes_of(film.folder / "ferry.mp4") == FILM
    assert names_in(film.folder) == ["ferry.fountain", "ferry.mp4"]
    assert [project.display_name for project in rig.script.projects] == ["The Last Ferry"]
    assert "length    56.9 s" in made.out
    assert "engines   storyboard, camera" in made.out


async def test_progress_where_nobody_looks_is_a_line_for_each_state(
    rig: StudioRig, film: Film, script: str
) -> None:
    plays(rig, whole)

    made = await film("render", script, "-o", "new/folder/film.mp4")

    states = [line.split()[1] for line in made.err.splitlines()]
    assert states == [
        *("PENDING", "VALIDATING", "QUEUED", "GENERATING_IMAGES"),
        *("GENERATING_VIDEO", "GENERATING_AUDIO", "COMPOSING", "COMPLETED"),
    ]
    assert bytes_of(film.folder / "new" / "folder" / "film.mp4") == FILM


async def test_programs_read_an_object_a_line_and_the_film_last(
    rig: StudioRig, film: Film, script: str
) -> None:
    plays(rig, whole)

    made = await film("render", script, "--json")

    updates = [json.loads(line) for line in made.lines]
    assert [update["event"]["sequence"] for update in updates if "event" in update] == list("123456789")
    assert updates[-1]["film"] == {
        "job": rig.script.jobs[0].name,
        "path": "ferry.mp4",
        "lengthMs": 56_900,
        "engines": ["storyboard", "camera"],
    }
    assert made.err == ""


async def test_options_reach_the_studio(rig: StudioRig, film: Film, script: str) -> None:
    made = await film(
        *("render", script, "--project", "Another name", "--detach"),
        *("--size", "1080p", "--fps", "23.976", "--loudness", "-23.5", "--narrate"),
        *("--pool", "clip=camera-clip", "--pool", "still=pools/drawn"),
    )

    [job] = rig.script.jobs
    assert made.out == f"{job.name}\n"
    assert rig.script.projects[0].display_name == "Another name"
    assert rig.script.requests["CreateJob"][0].options == jobs_pb2.RenderOptions(
        size=task_pb2.Size(width_px=1920, height_px=1080),
        rate=task_pb2.Rate(numerator=24_000, denominator=1001),
        loudness_target_millilufs=-23_500,
        narrate=True,
        pools=[
            jobs_pb2.PoolChoice(kind=task_pb2.TASK_KIND_CLIP, pool="pools/camera-clip"),
            jobs_pb2.PoolChoice(kind=task_pb2.TASK_KIND_STILL, pool="pools/drawn"),
        ],
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.fountain",), "nowhere.fountain: No such file"),
        (("ferry.fountain", "-o", "."), ". is a folder; name a file in it"),
        (("ferry.fountain", "-o", "/proc/nowhere/film.mp4"), "/proc/nowhere: nothing can be written there"),
        (("ferry.fountain", "-o", "film.webm"), "the film is an MP4"),
        (("ferry.fountain", "--size", "big"), "--size 'big' can't be read"),
    ],
    ids=["no script", "a folder", "not writable", "another suffix", "an unreadable option"],
)
async def test_what_cannot_work_is_refused_before_a_studio_is_looked_for(
    stranger: Film, script: str, arguments: tuple[str, ...], said: str
) -> None:
    refused = await stranger("render", *arguments)

    assert refused.code == 2
    assert refused.err.startswith("film: ")
    assert said in refused.err
    assert len(refused.err.splitlines()) == 1
    assert names_in(stranger.folder) == [script]


async def test_screenplay_that_the_studio_refuses_is_named_with_the_line(
    rig: StudioRig, film: Film, script: str
) -> None:
    (film.folder / script).write_bytes(b"\0\1\2")

    refused = await film("render", script)

    assert refused.code == 2
    assert refused.err == f"film: {script}: line 1: this is no text. Save it as UTF-8.\n"


async def test_what_the_reader_remarks_is_said_as_compilers_do(
    rig: StudioRig, film: Film, script: str
) -> None:
    rig.script.diagnostics.append(
        screenplay_pb2.Diagnostic(
            line=7, severity=screenplay_pb2.SEVERITY_WARNING, text="No speech follows.", suggestion="Add one."
        )
    )

    made = await film("render", script, "--detach")

    assert made.code == 0
    assert made.err == f"{script}:7: warning: No speech follows. Add one.\n"


async def test_failed_job_tells_reason_stage_shot_and_what_to_do(
    rig: StudioRig, film: Film, script: str
) -> None:
    plays(rig, fails)

    failed = await film("render", script)

    start = rig.script.jobs[0].name.removeprefix("jobs/")[:13]
    assert failed.code == 1
    assert failed.err.splitlines()[-3:] == [
        "film: the job failed: ENGINE_FAILED (stage stills, shot s-1-1, screenplay line 3)",
        "  scene 1 shot 1 still (screenplay line 3): the engine has no ink.",
        f"  next: film retry {start}    (finished parts are kept; film tasks {start} shows them)",
    ]


async def test_retried_job_is_watched_and_its_film_written(rig: StudioRig, film: Film, script: str) -> None:
    plays(rig, whole)
    job = rig.script.job()

    made = await film("retry", job.name, "-o", "again.mp4")

    assert made.code == 0, made.err
    assert made.out == "again.mp4\n"
    assert bytes_of(film.folder / "again.mp4") == FILM


async def test_job_that_somebody_cancelled_has_its_exit_code(rig: StudioRig, film: Film, script: str) -> None:
    async def is_cancelled(job: ScriptedJob) -> None:
        await job.event("PENDING")
        await job.event("CANCELLED")

    plays(rig, is_cancelled)

    cancelled = await film("render", script)

    assert cancelled.code == 3
    assert "was cancelled; start it again with: film retry" in cancelled.err


async def test_full_disk_is_one_line_and_the_film_stays_at_the_studio(
    rig: StudioRig, film: Film, script: str
) -> None:
    plays(rig, whole)

    def allow_small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(FILM) // 2, len(FILM) // 2))

    failed = await film("render", script, preexec=allow_small_files_only)

    last = failed.err.splitlines()[-1]
    assert failed.code == 1
    assert last.startswith("film: ferry.mp4: File too large; the studio keeps the file: film download")
    assert names_in(film.folder) == [script]
