"""film turnover: a film's cut for an editing program, alone or in a zip with all files that it names."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filmstudio.cli.archives.container import ArchiveWriter
from filmstudio.cli.exits import Exit
from filmstudio.cli.job_names import full_name
from filmstudio.cli.plain import plain
from filmstudio.client import FilmStudio
from filmstudio.errors import DownloadError, RefusedError
from filmstudio.jobs.v1 import jobs_pb2

FORMAT = "film-studio-turnover"
VERSION = 1
CUT_LIST_TOO_LONG = "CUT_LIST_TOO_LONG"

_LISTS = {".otio": jobs_pb2.CUT_LIST_FORMAT_OTIO, ".edl": jobs_pb2.CUT_LIST_FORMAT_EDL}
_BESIDE = {
    "subtitles.srt": jobs_pb2.ASSET_SUBTITLES_SRT,
    "subtitles.vtt": jobs_pb2.ASSET_SUBTITLES_VTT,
    "report.json": jobs_pb2.ASSET_REPORT,
}
"""Of the film; the cut lists name none of them."""


async def turn_over(studio: FilmStudio, written: str, output: Path, *, as_json: bool) -> Exit:
    """Write the cut of a job, whole or not at all. Raises FilmStudioError."""
    job = await full_name(studio, written)
    part = output.with_name(f".{output.name}.part")
    wanted = _LISTS.get(output.suffix.lower())
    try:
        if wanted is None:
            names, left_out = await _pack(studio, job, part)
        else:
            content = (await studio.cut_list(job, wanted)).content
            await asyncio.to_thread(part.write_text, content, encoding="utf-8")
            names, left_out = [output.name], {}
        await asyncio.to_thread(part.replace, output)
    except OSError as error:
        raise DownloadError(f"{output}: {error.strerror or error}; choose another place with -o") from error
    finally:
        part.unlink(missing_ok=True)
    if as_json:
        print(json.dumps({"job": job, "path": str(output), "files": names, "leftOut": left_out}))
        return Exit.OK
    counted = f", {len(names)} files" if wanted is None else ""
    print(plain(f"{output}{counted}"))
    for name, why in left_out.items():
        print(plain(f"  without {name}: {why}"))
    return Exit.OK


async def _pack(studio: FilmStudio, job: str, path: Path) -> tuple[list[str], Mapping[str, str]]:
    """Write the zip; the names of its files, and what is not in it with the reason."""
    cut = await studio.cut_list(job)
    lists, left_out = [cut], {}
    try:
        lists.append(await studio.cut_list(job, jobs_pb2.CUT_LIST_FORMAT_EDL))
    except RefusedError as error:
        if error.cause.reason != CUT_LIST_TOO_LONG:
            raise
        left_out["the EDL"] = str(error)
    files = [*cut.media, *(jobs_pb2.CutMedia(path=name, asset=asset) for name, asset in _BESIDE.items())]
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".turnover-") as folder,
        ArchiveWriter(path, {"format": FORMAT, "version": VERSION, "job": job}) as archive,
        _shown(len(files)) as tell,
    ):
        for written in lists:
            # The studio suggests a name, never a folder.
            archive.add(Path(written.filename).name, written.content.encode())
        for number, file in enumerate(files, start=1):
            tell(number)
            fetched = await studio.download(job, Path(folder, "file"), file.asset, task=file.task)
            await asyncio.to_thread(archive.add_file, _inside(file.path), fetched)
    return [*(Path(it.filename).name for it in lists), *(it.path for it in files)], left_out


def _inside(path: str) -> str:
    """A path below the zip's own folder. Raises RefusedError for one that leads elsewhere."""
    if path.startswith("/") or "\\" in path or ".." in path.split("/"):
        raise RefusedError(f"the studio names a file {path!r}, which leads out of the zip")
    return path


@contextmanager
def _shown(files: int) -> Iterator[Callable[[int], None]]:
    """In a terminal, which file of how many is being fetched."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    # Loaded only where somebody looks.
    from rich.console import Console

    with Console(stderr=True).status("Fetching ...") as status:
        yield lambda number: status.update(f"Fetching file {number} of {files} ...")
