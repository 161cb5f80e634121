"""Where a film goes is looked at before anything is made."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from filmstudio.cli.outputs import film_path
from filmstudio.cli.scripts import SCREENPLAY_MAX_BYTES, read_script, title_of
from filmstudio.errors import RefusedError


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("scripts") / "ferry.fountain"
    path.parent.mkdir()
    path.write_text("INT. OFFICE - NIGHT\n")
    return path


def test_film_has_the_scripts_name_in_this_folder(script: Path) -> None:
    assert film_path(None, script) == Path("ferry.mp4")


def test_folder_is_made(script: Path, tmp_path: Path) -> None:
    film_path(tmp_path / "a" / "b" / "film.mp4", script)

    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_film_that_is_there_may_be_replaced(script: Path, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"before")

    assert film_path(tmp_path / "film.mp4", script) == tmp_path / "film.mp4"
    assert (tmp_path / "film.mp4").read_bytes() == b"before"


def test_folder_is_no_film(script: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="is a folder; name a file in it"):
        film_path(tmp_path, script)


def test_folder_below_a_file_is_refused(script: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="nothing can be written there"):
        film_path(script / "film.mp4", script)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission_is_refused(script: Path, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)

    with pytest.raises(RefusedError, match="nothing can be written there"):
        film_path(tmp_path / "closed" / "film.mp4", script)


def test_screenplay_is_never_overwritten(script: Path, tmp_path: Path) -> None:
    same = tmp_path / "film.mp4"
    same.symlink_to(script.absolute())

    with pytest.raises(RefusedError, match="this is the screenplay"):
        film_path(same, script)


@pytest.mark.parametrize("name", ["film.webm", "film.mov", "film.fountain"])
def test_name_of_another_format_is_refused(script: Path, name: str) -> None:
    with pytest.raises(RefusedError, match=r"ends in \.mp4"):
        film_path(Path(name), script)


def test_device_is_no_film(script: Path) -> None:
    with pytest.raises(RefusedError, match="no ordinary file"):
        film_path(Path("/dev/null"), script)


@pytest.mark.parametrize("content", [b"", b" \n\t\n"], ids=["nothing", "blanks"])
def test_empty_script_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.fountain"
    path.write_bytes(content)

    with pytest.raises(RefusedError, match="is empty"):
        read_script(path)


def test_script_over_the_limit_is_refused_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "long.fountain"
    path.write_bytes(b"x" * (SCREENPLAY_MAX_BYTES + 5))

    with pytest.raises(RefusedError, match=r"has 2,097,157 bytes; the limit is 2,097,152"):
        read_script(path)


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"Title: The Last Ferry\nAuthor: A\n\nINT. X\n", "The Last Ferry"),
        (b"title:   _**The Last Ferry**_ \n", "The Last Ferry"),
        (b"INT. OFFICE - NIGHT\n", "ferry"),
        (b"Title: " + b"x" * 500, "x" * 200),
        (b"Title: caf\xe9\n", "caf\ufffd"),
    ],
    ids=["title page", "emphasis", "no title", "too long", "no UTF-8"],
)
def test_project_is_named_by_the_title_or_the_file(content: bytes, title: str) -> None:
    assert title_of(content, Path("ferry.fountain")) == title
