"""A job's file brought here: what is shown meanwhile, and what is said when it can't be written."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filmstudio.cli.job_names import short
from filmstudio.cli.plain import plain
from filmstudio.client import FilmStudio
from filmstudio.errors import DownloadError
from filmstudio.jobs.v1 import jobs_pb2

MEGABYTE_BYTES = 1_000_000


async def save(
    studio: FilmStudio,
    job: str,
    path: Path,
    asset: jobs_pb2.Asset.ValueType = jobs_pb2.ASSET_UNSPECIFIED,
    output: str = "",
    task: int = 0,
) -> None:
    """Write a file of a job. Raises DownloadError, also for a disk that refuses; FilmStudioError."""
    of = f"--also {output} " if output else ""
    how = f"film stems {short(job)} -o {path.parent}" if task else f"film download {short(job)} {of}-o {path}"
    again = f"the studio keeps the file: {how}"
    try:
        with _shown(path) as progress:
            await studio.download(job, path, asset, progress, output, task)
    except DownloadError as error:
        raise DownloadError(f"{error}; {again}") from error
    except OSError as error:
        raise DownloadError(f"{path}: {error.strerror or error}; {again}") from error
    except asyncio.CancelledError:
        print(f"film: {path} was not written; {again}", file=sys.stderr)
        raise


@contextmanager
def _shown(path: Path) -> Iterator[Callable[[int, int], None] | None]:
    """In a terminal, how much of a file is here, as long as it is not."""
    if not sys.stderr.isatty():
        yield None
        return
    # Loaded only where somebody looks.
    from rich.console import Console
    from rich.text import Text

    begin = f"Fetching {plain(str(path))} ..."
    with Console(stderr=True).status(Text(begin)) as status:

        def tell(received: int, size: int) -> None:
            megabytes = f"{received / MEGABYTE_BYTES:.1f} of {size / MEGABYTE_BYTES:.1f} MB"
            status.update(Text(f"{begin} {megabytes}"))

        yield tell
