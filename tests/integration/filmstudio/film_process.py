"""The film command as a process of its own, with pipes or at a terminal."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

FILM = str(Path(sys.executable).parent / "film")
DEADLINE_SECONDS = 40.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07")
CTRL_C = "\x03"


@dataclass(frozen=True, slots=True)
class Said:
    """How a film command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True, slots=True)
class Film:
    """The command in a folder and with settings of the test's own."""

    folder: Path
    environment: Mapping[str, str]

    async def __call__(
        self, *arguments: str, stdin: str = "", preexec: Callable[[], None] | None = None
    ) -> Said:
        process = await asyncio.create_subprocess_exec(
            FILM,
            *arguments,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=preexec,
        )
        async with asyncio.timeout(DEADLINE_SECONDS):
            out, err = await process.communicate(stdin.encode())
        return Said(process.returncode or 0, out.decode(), err.decode())

    @asynccontextmanager
    async def at_terminal(
        self, *arguments: str, columns: int = 90, rows: int = 30
    ) -> AsyncIterator[Terminal]:
        """The command at a terminal of that size; killed at the end if it still lives."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**self.environment, "TERM": "xterm-256color"}
        environment.pop("COLUMNS", None)
        process = await asyncio.create_subprocess_exec(
            FILM,
            *arguments,
            cwd=self.folder,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        terminal = Terminal(process, ours)
        try:
            yield terminal
        finally:
            await terminal.close()


class Terminal:
    """What a person sees and presses."""

    def __init__(self, process: asyncio.subprocess.Process, descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self._written = bytearray()
        self._pressed_at = 0
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(descriptor, self._read)

    @property
    def text(self) -> str:
        """All that was written so far, without colours and moves of the cursor."""
        return _plain(self._written)

    async def shows(self, wanted: str) -> None:
        """Wait until the text was written since the last key.

        Raises TimeoutError with what was written.
        """
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                while wanted not in _plain(self._written[self._pressed_at :]):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"{wanted!r} was not shown; there was: {self.text}") from None

    def press(self, keys: str) -> None:
        self._pressed_at = len(self._written)
        os.write(self._descriptor, keys.encode())

    async def ends(self) -> int:
        """The exit code. Raises TimeoutError."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self._process.wait()

    async def close(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)

    def _read(self) -> None:
        try:
            self._written += os.read(self._descriptor, 65_536)
        except OSError:
            # The other end is closed.
            asyncio.get_running_loop().remove_reader(self._descriptor)
        self._news.set()


def _plain(written: bytearray) -> str:
    return ESCAPES.sub("", written.decode(errors="replace")).replace("\r", "")
