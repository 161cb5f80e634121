"""A player of the person's own: a command that is started with each new film."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from filmstudio.cli.plain import plain
from filmstudio.errors import RefusedError

END_MAX_SECONDS = 3.0


def player_command(written: str) -> Sequence[str]:
    """The words of a player's command. Raises RefusedError for one that is not there."""
    try:
        words = shlex.split(written)
    except ValueError as error:
        raise RefusedError(f"--player {written!r} can't be read: {error}") from error
    if not words or shutil.which(words[0]) is None:
        raise RefusedError(f"--player {written!r}: there is no such command; give one, such as mpv")
    return words


class Player:
    """Plays one film at a time; without a command it plays nothing."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def play(self, film: Path) -> None:
        """End what plays and play this one. Raises OSError."""
        await self.end()
        if not self._command:
            return
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            str(film),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            # Ctrl-C is the command's.
            process_group=0,
        )

    async def end(self) -> None:
        """End what plays; one that failed by itself is told of."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is not None:
            if process.returncode:
                command = plain(shlex.join(self._command))
                print(f"film: the player ended with {process.returncode}: {command}", file=sys.stderr)
            return
        process.terminate()
        try:
            async with asyncio.timeout(END_MAX_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
