"""A watched screenplay: whatever way an editor writes it, each text comes once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from filmstudio.cli.watching.saves import Latest, Save, saves

DEADLINE_SECONDS = 20.0
FIRST, SECOND, THIRD = b"INT. ONE - DAY\n", b"INT. TWO - DAY\n", b"INT. THREE - DAY\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "film.fountain"
    path.write_bytes(FIRST)
    return path


@asynccontextmanager
async def watched(path: Path) -> AsyncIterator[Callable[[], Awaitable[Save]]]:
    """What gives the next save; the file is watched already when it comes."""
    found: AsyncGenerator[Save, None] = saves(path, Save(b"before"))

    async def following() -> Save:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await anext(found)

    async with aclosing(found):
        assert await following() == Save(FIRST)
        yield following


def in_place(path: Path, content: bytes = SECOND) -> None:
    path.write_bytes(content)


def by_rename(path: Path) -> None:
    written = path.with_name("film.fountain~new")
    written.write_bytes(SECOND)
    written.rename(path)


def twice(path: Path) -> None:
    path.write_bytes(SECOND + b"\nRain.")
    path.write_bytes(SECOND)


def gone(path: Path) -> None:
    path.unlink()


def deleted_first(path: Path) -> None:
    path.unlink()
    path.write_bytes(SECOND)


def the_old_one_kept(path: Path) -> None:
    path.rename(path.with_name("film.fountain~"))
    path.write_bytes(SECOND)


@pytest.mark.parametrize("save", [in_place, by_rename, twice, deleted_first, the_old_one_kept])
async def test_save_is_seen_however_it_is_written(script: Path, save: Callable[[Path], None]) -> None:
    async with watched(script) as following:
        save(script)

        assert await following() == Save(SECOND)


async def test_every_further_save_is_seen_too(script: Path) -> None:
    async with watched(script) as following:
        by_rename(script)
        first = await following()
        in_place(script, THIRD)
        second = await following()

    assert [first, second] == [Save(SECOND), Save(THIRD)]


async def test_same_text_saved_again_is_a_save_and_other_files_are_none(script: Path) -> None:
    async with watched(script) as following:
        in_place(script.with_name("other.fountain"), THIRD)
        in_place(script, FIRST)
        again = await following()
        in_place(script)
        other = await following()

    assert [again, other] == [Save(FIRST), Save(SECOND)]


async def test_file_that_stays_away_is_told_and_seen_when_it_is_back(script: Path) -> None:
    async with watched(script) as following:
        gone(script)
        told = await following()
        in_place(script)
        back = await following()

    assert "is gone" in told.fault
    assert back == Save(SECOND)


async def test_file_that_stays_empty_is_told(script: Path) -> None:
    async with watched(script) as following:
        in_place(script, b"")

        assert "the screenplay is empty" in (await following()).fault


async def test_save_through_a_link_is_seen(script: Path, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    link = tmp_path / "desk" / "link.fountain"
    link.symlink_to(script)
    async with watched(link) as following:
        by_rename(script)

        assert await following() == Save(SECOND)


async def test_who_is_busy_gets_the_newest_save_only() -> None:
    latest = Latest(Save(FIRST))
    await latest.take()

    latest.put(Save(SECOND))
    latest.put(Save(THIRD))

    assert latest.is_there.is_set()
    assert await latest.take() == Save(THIRD)
    assert not latest.is_there.is_set()
