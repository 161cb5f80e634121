"""film turnover: what is in its zip, what it does without, and what it refuses."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from filmstudio.cli.exits import Exit
from filmstudio.cli.turnover import CUT_LIST_TOO_LONG, turn_over
from filmstudio.client import FilmStudio
from filmstudio.errors import DownloadError, RefusedError
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.errors import FailedPrecondition
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

Printed = pytest.CaptureFixture[str]


def completed(rig: StudioRig, *paths: str) -> ScriptedJob:
    """A film whose cut names these files."""
    job = rig.script.job(rig.script.project("Ferry").name)
    job.message.state = jobs_pb2.JOB_STATE_COMPLETED
    job.cut_paths.extend(paths)
    job.files |= dict.fromkeys(
        (
            jobs_pb2.ASSET_FILM,
            jobs_pb2.ASSET_SUBTITLES_SRT,
            jobs_pb2.ASSET_SUBTITLES_VTT,
            jobs_pb2.ASSET_REPORT,
        ),
        b"bytes",
    )
    return job


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_zip_has_both_lists_every_file_that_they_name_and_a_manifest(
    rig: StudioRig, studio: FilmStudio, tmp_path: Path
) -> None:
    job = completed(rig, "film.mp4", "media/0001-shot.mp4")

    code = await turn_over(studio, job.name, tmp_path / "cut.zip", as_json=False)

    with zipfile.ZipFile(tmp_path / "cut.zip") as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.read("ferry.edl") == b"a cut as edl"
    assert code is Exit.OK
    assert {"ferry.otio", "ferry.edl", "film.mp4", "media/0001-shot.mp4", "subtitles.srt"} < names
    assert names == {*manifest["files"], "manifest.json"}
    assert names_in(tmp_path) == ["cut.zip"]


@pytest.mark.parametrize("suffix", ["otio", "edl"])
async def test_a_list_alone_is_written_by_the_outputs_name(
    rig: StudioRig, studio: FilmStudio, tmp_path: Path, suffix: str
) -> None:
    job = completed(rig, "film.mp4")

    await turn_over(studio, job.name, tmp_path / f"cut.{suffix}", as_json=True)

    assert (tmp_path / f"cut.{suffix}").read_text() == f"a cut as {suffix}"
    assert rig.script.calls["GetDownloadUrl"] == 0


async def test_a_film_of_too_many_events_is_turned_over_without_an_edit_decision_list(
    rig: StudioRig, studio: FilmStudio, tmp_path: Path, capsys: Printed
) -> None:
    job = completed(rig, "film.mp4")
    job.edl_refusal = FailedPrecondition(CUT_LIST_TOO_LONG, "It has 1200 events.")

    await turn_over(studio, job.name, tmp_path / "cut.zip", as_json=False)

    with zipfile.ZipFile(tmp_path / "cut.zip") as archive:
        assert "ferry.edl" not in archive.namelist()
    assert "without the EDL: It has 1200 events." in capsys.readouterr().out


@pytest.mark.parametrize("path", ["../film.mp4", "/film.mp4", "media/../../film.mp4", "media\\film.mp4"])
async def test_a_path_that_leads_out_of_the_zip_is_refused_and_nothing_is_written(
    rig: StudioRig, studio: FilmStudio, tmp_path: Path, path: str
) -> None:
    job = completed(rig, path)

    with pytest.raises(RefusedError, match="leads out of the zip"):
        await turn_over(studio, job.name, tmp_path / "cut.zip", as_json=False)

    assert names_in(tmp_path) == []


async def test_a_disk_that_refuses_leaves_nothing_and_says_so(
    rig: StudioRig, studio: FilmStudio, tmp_path: Path
) -> None:
    job = completed(rig, "film.mp4")

    with pytest.raises(DownloadError, match="choose another place"):
        await turn_over(studio, job.name, tmp_path / "gone" / "cut.otio", as_json=False)
