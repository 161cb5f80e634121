"""Settings from files: read at the start, never shown, and a change ends the process in good order."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from studio_platform import lifecycle as lifecycle_module
from studio_platform.lifecycle import Lifecycle
from studio_platform.setting_files import digests, file_changed
from studio_platform.settings import DatabaseSettings, ServerSettings, load

URL = "postgresql://film:hunter2@127.0.0.1:5432/film"


@pytest.fixture
def url_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the address of a database, which the variable names."""
    path = tmp_path / "url"
    path.write_text(f"{URL}\n")
    monkeypatch.setenv("FILM_DATABASE_URL_FILE", str(path))
    return path


def test_a_setting_is_the_text_of_its_file(url_file: Path) -> None:
    assert load(DatabaseSettings).database_url.get_secret_value() == URL


def fault() -> str:
    """What is said when the settings can't be loaded."""
    written = io.StringIO()
    with pytest.raises(SystemExit):
        load(DatabaseSettings, written)
    return written.getvalue()


def test_a_setting_given_twice_is_refused(url_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_DATABASE_URL", URL)

    said = fault()

    assert "FILM_DATABASE_URL and FILM_DATABASE_URL_FILE are both set" in said
    assert "hunter2" not in said


def test_a_file_that_is_missing_is_named(url_file: Path) -> None:
    url_file.unlink()

    assert "FILM_DATABASE_URL_FILE" in (said := fault())
    assert "No such file" in said


def test_a_file_too_large_to_be_a_secret_is_refused(url_file: Path) -> None:
    url_file.write_bytes(b"x" * 65_537)

    assert "more than 65536 bytes" in fault()


def test_a_file_that_is_no_text_is_refused_without_being_shown(url_file: Path) -> None:
    url_file.write_bytes(b"hunter2\xff")

    assert "hunter2" not in (said := fault())
    assert "not UTF-8" in said


def test_a_file_that_is_gone_for_a_moment_hashes_to_nothing(url_file: Path) -> None:
    files = {"database_url": url_file}
    before = digests(files)
    url_file.unlink()

    assert digests(files) == {"database_url": b""}

    url_file.write_text(f"{URL}\n")
    assert digests(files) == before


async def test_a_service_stops_in_good_order_when_its_secret_changes(
    url_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ProbeSettings(DatabaseSettings, ServerSettings):
        """A service with a secret."""

    async def at_once(files: Mapping[str, Path], first: Mapping[str, bytes]) -> str:
        return await file_changed(files, first, 0.01, 0)

    monkeypatch.setattr(lifecycle_module, "file_changed", at_once)
    monkeypatch.setenv("FILM_HEALTH_LISTEN", "127.0.0.1:0")
    lifecycle = Lifecycle("probe", load(ProbeSettings))

    async def main(_: Lifecycle) -> None:
        await asyncio.to_thread(url_file.write_text, "another")

    assert await lifecycle.live(main) == 0
    assert lifecycle.stopping.is_set()
