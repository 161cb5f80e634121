"""The saves of a screenplay, however its editor writes it: in place, by rename, twice, or deleted first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from filmstudio.cli.scripts import read_script
from filmstudio.errors import RefusedError

QUIET_MS = 60
GATHERED_MAX_MS = 600
LOOK_AGAIN_MS = 1_000


@dataclass(frozen=True, slots=True)
class Save:
    """A text that was saved; or, with a `fault`, why there is none."""

    content: bytes
    fault: str = ""


async def saves(path: Path, last: Save) -> AsyncGenerator[Save, None]:
    """Each save of the file, and each state that differs from the one before, `last` first of all.

    The same text saved again is a save, too: something else may have changed that the film is made from.
    Changes that follow each other within QUIET_MS are one. The file's folder is watched, for a rename puts
    another file in its place, and the file is looked at each LOOK_AGAIN_MS besides: some file systems tell
    nothing. A file that is gone or empty is on its way, unless it still is so when nothing has changed for
    that long. Raises FileNotFoundError when the folder is gone.
    """
    places = await asyncio.to_thread(_places, path)
    watch = awatch(
        *{place.parent for place in places},
        watch_filter=lambda _, changed: Path(changed) in places,
        debounce=GATHERED_MAX_MS,
        step=QUIET_MS,
        rust_timeout=LOOK_AGAIN_MS,
        yield_on_timeout=True,
        recursive=False,
    )
    async with aclosing(watch) as changes:
        async for changed in changes:
            now = await asyncio.to_thread(_read, path)
            is_on_its_way = bool(now.fault) and bool(changed)
            is_saved = bool(changed) or now != last
            if is_saved and not is_on_its_way:
                last = now
                yield now


def _places(path: Path) -> set[Path]:
    """Where the file is, and where a link leads."""
    return {path.parent.resolve() / path.name, path.resolve()}


def _read(path: Path) -> Save:
    if not path.exists():
        return Save(b"", f"{path} is gone; waiting until it is there again")
    try:
        return Save(read_script(path))
    except RefusedError as refused:
        return Save(b"", str(refused))


class Latest:
    """Hands over the newest save; those that nobody took in time are forgotten.

    `is_there` is set while there is one to take.
    """

    def __init__(self, first: Save) -> None:
        self._save: Save | None = first
        self.is_there = asyncio.Event()
        self.is_there.set()

    def put(self, save: Save) -> None:
        """Replace what is there."""
        self._save = save
        self.is_there.set()

    async def take(self) -> Save:
        """Wait for one, and take it away."""
        await self.is_there.wait()
        self.is_there.clear()
        save, self._save = self._save, None
        if save is None:
            raise AssertionError("the event says that a save is there")
        return save
