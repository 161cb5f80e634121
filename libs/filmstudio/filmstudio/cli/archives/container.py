"""The zip of a project: the same bytes for the same project; read as what a stranger may have made.

A manifest names every file with its size and SHA-256. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from filmstudio.errors import RefusedError

FORMAT = "film-studio-project"
VERSION = 2
VERSIONS_READ = (1, 2)
MANIFEST = "manifest.json"
ARCHIVE_MAX_BYTES = 4 * 1024 * 1024 * 1024
CONTENTS_MAX_BYTES = 4 * 1024 * 1024 * 1024
ENTRIES_MAX = 40_000
JSON_MAX_BYTES = 16 * 1024 * 1024
TEXT_MAX_BYTES = 2 * 1024 * 1024
MEDIA_MAX_BYTES = 64 * 1024 * 1024
RATIO_MAX = 200
RATIO_FREE_BYTES = 1024 * 1024
CHUNK_BYTES = 1024 * 1024

_NAME = re.compile(
    r"(manifest|project|cast|locations|shots|timeline|keys|library|media|comments|translations)\.json"
    r"|revisions/[0-9]{4,9}\.(json|text)|media/[0-9a-f]{64}"
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = stat.S_IFREG | 0o644


class ArchiveWriter:
    """Writes files one by one; `with`. The manifest is written at the end, if nothing went wrong."""

    def __init__(self, path: Path, about: Mapping[str, Any] | None = None) -> None:
        """`about` opens the manifest; by default it is that of a project."""
        self._about = about or {"format": FORMAT, "version": VERSION}
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self._files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            manifest = {**self._about, "files": dict(sorted(self._files.items()))}
            self._put(MANIFEST, _json(manifest))
        self._zip.close()

    def add(self, name: str, content: bytes) -> None:
        """Write one file. Raises OSError."""
        self._files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        self._put(name, content)

    def add_file(self, name: str, path: Path) -> None:
        """Write a file of the disk chunk by chunk, packed no further. Raises OSError."""
        digest, size_bytes = hashlib.sha256(), 0
        info = self._info(name, zipfile.ZIP_STORED)
        info.file_size = path.stat().st_size
        with path.open("rb") as source, self._zip.open(info, "w") as packed:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                size_bytes += len(chunk)
                packed.write(chunk)
        self._files[name] = {"bytes": size_bytes, "sha256": digest.hexdigest()}

    def add_json(self, name: str, document: Any) -> None:
        """Write a document: keys in order, a line for each."""
        self.add(name, _json(document))

    def _put(self, name: str, content: bytes) -> None:
        self._zip.writestr(self._info(name, zipfile.ZIP_DEFLATED), content, compresslevel=9)

    @staticmethod
    def _info(name: str, packing: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = packing
        info.external_attr = _MODE << 16
        info.create_system = 3
        return info


class ArchiveReader:
    """Reads the files that the manifest names; `with`. Everything is checked before the first is given."""

    def __init__(self, path: Path) -> None:
        """Raises RefusedError for what is no archive of a project, OSError."""
        self._path = path
        if path.stat().st_size > ARCHIVE_MAX_BYTES:
            raise self._refused(f"it has over {ARCHIVE_MAX_BYTES:,} bytes")
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise self._refused("it is no zip file") from error
        try:
            self._entries = self._checked_entries()
            self._files = self._manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """All files but the manifest, in order."""
        return sorted(self._files)

    def read(self, name: str) -> bytes:
        """One file, which is what the manifest says. Raises RefusedError."""
        if name not in self._files:
            raise self._refused(f"{name} is missing")
        content = self._content(name)
        said = self._files[name]
        if (len(content), hashlib.sha256(content).hexdigest()) != (said.get("bytes"), said.get("sha256")):
            raise self._refused(f"{name} is not what the manifest says")
        return content

    def chunks(self, name: str, chunk_bytes: int) -> Iterator[bytes]:
        """One file by chunks of this size, which is what the manifest says. Raises RefusedError."""
        if name not in self._files:
            raise self._refused(f"{name} is missing")
        said, digest, size_bytes = self._files[name], hashlib.sha256(), 0
        with self._unpacked(name) as file:
            while chunk := file.read(chunk_bytes):
                digest.update(chunk)
                size_bytes += len(chunk)
                if size_bytes > _limit_bytes(name):
                    raise self._refused(f"{name} has over {_limit_bytes(name):,} bytes")
                yield chunk
        if (size_bytes, digest.hexdigest()) != (said.get("bytes"), said.get("sha256")):
            raise self._refused(f"{name} is not what the manifest says")

    def size_bytes(self, name: str) -> int:
        """How large the manifest says that a file is. Raises RefusedError."""
        size = self._files.get(name, {}).get("bytes")
        if not isinstance(size, int) or not 0 < size <= _limit_bytes(name):
            raise self._refused(f"{name} is missing")
        return size

    def read_json(self, name: str) -> Any:
        """One document. Raises RefusedError."""
        return self._document(name, self.read(name))

    def _checked_entries(self) -> Mapping[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > ENTRIES_MAX:
            raise self._refused(f"it has over {ENTRIES_MAX:,} files")
        entries = {info.filename: info for info in infos}
        if len(entries) < len(infos):
            raise self._refused("a file stands in it twice")
        for info in infos:
            self._check(info)
        if sum(info.file_size for info in infos) > CONTENTS_MAX_BYTES:
            raise self._refused(f"its files have over {CONTENTS_MAX_BYTES:,} bytes")
        return entries

    def _check(self, info: zipfile.ZipInfo) -> None:
        # The name as it stands in the file: zipfile itself mends some that are meant to lead elsewhere.
        if info.orig_filename != info.filename or not _NAME.fullmatch(info.filename):
            raise self._refused(f"{info.orig_filename!r} is no file of a project")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() or kind not in (0, stat.S_IFREG):
            raise self._refused(f"{info.filename} is no plain file")
        if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refused(f"{info.filename} is encrypted or packed in a way that is not read")
        if info.file_size > _limit_bytes(info.filename):
            raise self._refused(f"{info.filename} has over {_limit_bytes(info.filename):,} bytes")
        if info.file_size > RATIO_FREE_BYTES and info.file_size > RATIO_MAX * info.compress_size:
            raise self._refused(f"{info.filename} is packed more than {RATIO_MAX} to one")

    def _manifest(self) -> Mapping[str, Mapping[str, Any]]:
        if MANIFEST not in self._entries:
            raise self._refused(f"{MANIFEST} is missing")
        manifest = self._document(MANIFEST, self._content(MANIFEST))
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise self._refused("it is no export of a project")
        if manifest.get("version") not in VERSIONS_READ:
            raise self._refused(
                f"it is of version {manifest.get('version')!r}, and this command reads version {VERSION}"
            )
        files = manifest.get("files")
        if not isinstance(files, dict) or not all(isinstance(said, dict) for said in files.values()):
            raise self._refused(f"{MANIFEST} names no files")
        if set(files) != set(self._entries) - {MANIFEST}:
            raise self._refused(f"it has not the files that {MANIFEST} names")
        for name, said in files.items():
            if name.startswith("media/") and said.get("sha256") != name.removeprefix("media/"):
                raise self._refused(f"{name} is not what its name says")
        return files

    def _content(self, name: str) -> bytes:
        limit_bytes = _limit_bytes(name)
        with self._unpacked(name) as file:
            # The header may lie about the size.
            content = file.read(limit_bytes + 1)
        if len(content) > limit_bytes:
            raise self._refused(f"{name} has over {limit_bytes:,} bytes")
        return content

    @contextmanager
    def _unpacked(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(self._entries[name]) as file:
                yield file
        except (
            zipfile.BadZipFile,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise self._refused(f"{name} is broken: {error}") from error

    def _document(self, name: str, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise self._refused(f"{name} can't be read: {error}") from error

    def _refused(self, why: str) -> RefusedError:
        return RefusedError(f"{self._path}: {why}; give a file that film export has written")


def _limit_bytes(name: str) -> int:
    if name.startswith("media/"):
        return MEDIA_MAX_BYTES
    return TEXT_MAX_BYTES if name.endswith(".text") else JSON_MAX_BYTES


def _json(document: Any) -> bytes:
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()
