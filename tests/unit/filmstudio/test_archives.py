"""The zip of a project: the same bytes each time, and nothing that a stranger packed gets through."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from filmstudio.cli.archives import container
from filmstudio.cli.archives.container import ArchiveReader, ArchiveWriter
from filmstudio.errors import RefusedError

TEXT = b"INT. PIER - NIGHT\n\nRain.\n"
FILES: Mapping[str, bytes] = {"revisions/0001.text": TEXT, "project.json": b'{"displayName": "Ferry"}\n'}


def written(path: Path) -> Path:
    with ArchiveWriter(path) as archive:
        archive.add("revisions/0001.text", TEXT)
        archive.add_json("project.json", {"displayName": "Ferry"})
    return path


def packed(path: Path, contents: Mapping[str, bytes], **manifest: object) -> Path:
    """An archive that somebody made by hand; the manifest is right but for what is given."""
    names = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents.items()
    }
    document = {"format": container.FORMAT, "version": container.VERSION, "files": names, **manifest}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(document))
    return path


def read_whole(path: Path) -> None:
    with ArchiveReader(path) as archive:
        for name in archive.names:
            archive.read(name)


def refusal_of(path: Path) -> str:
    """Why an archive is refused when all of it is read."""
    with pytest.raises(RefusedError) as refused:
        read_whole(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    with ArchiveReader(written(tmp_path / "a.zip")) as archive:
        assert archive.names == ["project.json", "revisions/0001.text"]
        assert archive.read("revisions/0001.text") == TEXT
        assert archive.read_json("project.json") == {"displayName": "Ferry"}


def test_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a.zip"), written(tmp_path / "b.zip")

    assert first.read_bytes() == second.read_bytes()


def test_archive_made_by_hand_is_read_if_it_is_right(tmp_path: Path) -> None:
    with ArchiveReader(packed(tmp_path / "a.zip", FILES)) as archive:
        assert archive.read("revisions/0001.text") == TEXT


@pytest.mark.parametrize(
    "name",
    [
        "../film.json",
        "/etc/passwd",
        "revisions/../../0001.text",
        "revisions\\0001.text",
        "C:/project.json",
        "revisions/1.text",
        "revisions/",
        "notes.txt",
        "Project.json",
    ],
)
def test_name_that_no_export_has_is_refused(tmp_path: Path, name: str) -> None:
    assert "is no file of a project" in refusal_of(packed(tmp_path / "a.zip", {**FILES, name: b"{}"}))


def a_link(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("cast.json")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")


def a_file_twice(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("project.json", b"{}")


def a_file_besides(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("cast.json", b"[]")


def another_packing(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("cast.json", b"[]", zipfile.ZIP_BZIP2)


def a_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cast.json", b" " * 4_000_000)


def too_long_a_text(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("revisions/0002.text", b"a" * (container.TEXT_MAX_BYTES + 1))


def a_flipped_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[60] ^= 0x01
    path.write_bytes(content)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def no_zip(path: Path) -> None:
    path.write_bytes(b"INT. PIER - NIGHT\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (a_link, "cast.json is no plain file"),
        (a_file_twice, "a file stands in it twice"),
        (a_file_besides, "it has not the files that manifest.json names"),
        (another_packing, "packed in a way that is not read"),
        (a_bomb, "cast.json is packed more than 200 to one"),
        (too_long_a_text, "revisions/0002.text has over 2,097,152 bytes"),
        (a_flipped_bit, ""),
        (cut_short, "it is no zip file"),
        (no_zip, "it is no zip file"),
    ],
)
def test_spoilt_archive_is_refused(tmp_path: Path, spoil: Callable[[Path], None], said: str) -> None:
    path = written(tmp_path / "a.zip")
    spoil(path)

    assert said in refusal_of(path)


def test_size_that_the_header_hides_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.zip", {"cast.json": b" " * 5_000})
    content = path.read_bytes()
    # The directory says 10 bytes, the file has 5,000.
    path.write_bytes(content.replace((5_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))

    assert refusal_of(path)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"version": 3}, "it is of version 3, and this command reads version 2"),
        ({"format": "zip"}, "it is no export of a project"),
        ({"files": []}, "names no files"),
        ({"files": {"project.json": {"bytes": 3, "sha256": ""}}}, "it has not the files"),
    ],
)
def test_manifest_that_does_not_fit_is_refused(
    tmp_path: Path, manifest: dict[str, object], said: str
) -> None:
    assert said in refusal_of(packed(tmp_path / "a.zip", FILES, **manifest))


def test_content_that_the_manifest_does_not_know_is_refused(tmp_path: Path) -> None:
    files = {name: {"bytes": len(TEXT), "sha256": "0" * 64} for name in FILES}

    assert "is not what the manifest says" in refusal_of(packed(tmp_path / "a.zip", FILES, files=files))


def test_a_media_file_is_read_in_chunks(tmp_path: Path) -> None:
    source, path = tmp_path / "clip", tmp_path / "a.zip"
    source.write_bytes(TEXT * 100)
    name = f"media/{hashlib.sha256(TEXT * 100).hexdigest()}"
    with ArchiveWriter(path) as writer:
        writer.add_file(name, source)

    with ArchiveReader(path) as archive:
        chunks = list(archive.chunks(name, 1_000))
        size_bytes = archive.size_bytes(name)

    assert b"".join(chunks) == TEXT * 100
    assert {len(chunk) for chunk in chunks[:-1]} == {1_000}
    assert size_bytes == len(TEXT) * 100


def test_a_media_file_under_anothers_digest_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {f"media/{'0' * 64}": TEXT})

    assert "is not what its name says" in refusal_of(path)


def test_a_media_file_that_changed_in_the_zip_is_refused(tmp_path: Path) -> None:
    name = f"media/{hashlib.sha256(TEXT).hexdigest()}"
    said = {name: {"bytes": len(TEXT), "sha256": name.removeprefix("media/")}}
    path = packed(tmp_path / "a.zip", {name: TEXT[:-1] + b"?"}, files=said)

    with ArchiveReader(path) as archive, pytest.raises(RefusedError, match="not what the manifest says"):
        list(archive.chunks(name, 10))


def test_a_media_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MEDIA_MAX_BYTES", 10)

    assert "has over 10 bytes" in refusal_of(
        packed(tmp_path / "a.zip", {f"media/{hashlib.sha256(TEXT).hexdigest()}": TEXT})
    )


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "ENTRIES_MAX", 2)

    assert "it has over 2 files" in refusal_of(written(tmp_path / "a.zip"))


def test_document_that_is_none_is_refused(tmp_path: Path) -> None:
    with (
        ArchiveReader(packed(tmp_path / "a.zip", {"project.json": b"[" * 100_000})) as archive,
        pytest.raises(RefusedError, match=r"project\.json can't be read"),
    ):
        archive.read_json("project.json")
