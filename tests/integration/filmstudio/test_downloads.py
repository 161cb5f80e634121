"""A download writes a file whole, or leaves what was there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from filmstudio import errors
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2
from tests.integration.filmstudio.rig import StudioRig
from tests.integration.filmstudio.scripted import ScriptedJob

FILM = bytes(range(256)) * 4096


@pytest.fixture
def job(rig: StudioRig, monkeypatch: pytest.MonkeyPatch) -> ScriptedJob:
    monkeypatch.setattr("filmstudio.downloads.PAUSE_SECONDS", 0.0)
    made = rig.script.job()
    made.files[jobs_pb2.ASSET_FILM] = FILM
    return made


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_file_arrives_whole_and_is_told_of(
    studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []

    await studio.download(job.name, tmp_path / "film.mp4", progress=lambda *so_far: told.append(so_far))

    assert (tmp_path / "film.mp4").read_bytes() == FILM
    assert told[-1] == (len(FILM), len(FILM))
    assert names_in(tmp_path) == ["film.mp4"]


async def test_broken_transfer_goes_on_where_it_ended(
    rig: StudioRig, studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    rig.files.cuts.extend([300_000, -1, 100_000])

    await studio.download(job.name, tmp_path / "film.mp4")

    assert (tmp_path / "film.mp4").read_bytes() == FILM
    assert rig.files.ranges == ["", "bytes=300000-", "bytes=300000-", "bytes=400000-"]
    assert rig.script.calls["GetDownloadUrl"] == 4


async def test_store_without_ranges_is_asked_for_all_again(
    rig: StudioRig, studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    rig.files.keeps_ranges = False
    rig.files.cuts.append(300_000)

    await studio.download(job.name, tmp_path / "film.mp4")

    assert (tmp_path / "film.mp4").read_bytes() == FILM


async def test_file_with_other_bytes_leaves_the_one_that_was_there(
    rig: StudioRig, studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    (tmp_path / "film.mp4").write_bytes(b"before")
    rig.files.falsify = True

    with pytest.raises(errors.DownloadError, match="other bytes"):
        await studio.download(job.name, tmp_path / "film.mp4")

    assert (tmp_path / "film.mp4").read_bytes() == b"before"
    assert names_in(tmp_path) == ["film.mp4"]


async def test_store_that_stays_away_ends_the_download(
    rig: StudioRig, studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    rig.files.cuts.extend([-1] * 5)

    with pytest.raises(errors.DownloadError, match="the store answers 503"):
        await studio.download(job.name, tmp_path / "film.mp4")

    assert names_in(tmp_path) == []


async def test_cancelled_download_leaves_nothing(
    rig: StudioRig, studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    begun = asyncio.Event()
    rig.files.stall_after = 300_000
    downloading = asyncio.create_task(
        studio.download(job.name, tmp_path / "film.mp4", progress=lambda *_: begun.set())
    )
    await begun.wait()

    downloading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await downloading
    rig.files.go_on.set()

    assert names_in(tmp_path) == []


async def test_folder_that_is_not_there_is_the_disks_error(
    studio: FilmStudio, job: ScriptedJob, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        await studio.download(job.name, tmp_path / "nowhere" / "film.mp4")
