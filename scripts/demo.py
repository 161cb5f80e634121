"""Record film render --watch from a real run: a terminal cast and its text, written to a folder.

python scripts/demo.py docs/demo

The sample is rendered at this machine's studio, one line of it is edited as by an editor, and the watch is
ended when the new film is there. watch.cast is an asciicast (version 2) of all that the terminal showed;
watch.txt is the same without the picture of the progress, which is drawn over and over.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os
import pty
import re
import shlex
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "one-minute.fountain"
FILM = Path(sys.executable).parent / "film"
RENDER = ("film", "render", "ferry.fountain", "--watch")
EDIT = ("sed", "-i", "s/Eleven years./Twelve years, and a day./", "ferry.fountain")
COLUMNS, ROWS = 100, 34
READY = b" is ready: "
RENDER_MAX_SECONDS = 600.0
READ_BYTES = 65_536
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(slots=True)
class Recording:
    """What a terminal showed; times are seconds from the beginning."""

    began: float = field(default_factory=time.monotonic)
    events: list[tuple[float, str, str]] = field(default_factory=list)
    text: bytearray = field(default_factory=bytearray)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def shown(self, written: bytes, *, is_text: bool) -> None:
        """Something appeared; `is_text` for what stays where it was written."""
        self._add("o", written.decode(errors="replace"))
        if is_text:
            self.text += written
        self.news.set()

    def typed(self, command: Sequence[str], where: str = "") -> None:
        """A command was given here, or in another terminal."""
        line = f"$ {shlex.join(command)}{where}\r\n"
        if where:
            self._add("m", line.strip())
            self.text += f"\r\n{line}\r\n".encode()
        else:
            self.shown(line.encode(), is_text=True)

    async def films(self, count: int) -> None:
        """Wait until so many films were written. Raises TimeoutError."""
        async with asyncio.timeout(RENDER_MAX_SECONDS):
            while self.text.count(READY) < count:
                self.news.clear()
                await self.news.wait()

    def _add(self, kind: str, data: str) -> None:
        self.events.append((round(time.monotonic() - self.began, 3), kind, data))

    def cast(self) -> str:
        """The recording as an asciicast."""
        header = {
            "version": 2,
            "width": COLUMNS,
            "height": ROWS,
            "timestamp": int(time.time()),
            "title": shlex.join(RENDER),
            "env": {"TERM": "xterm-256color"},
        }
        return "".join(f"{json.dumps(line)}\n" for line in (header, *self.events))

    def transcript(self, circumstances: str) -> str:
        """What stayed on the terminal."""
        plain = ESCAPES.sub("", self.text.decode(errors="replace")).replace("\r", "")
        lines = [line.rstrip() for line in plain.splitlines()]
        return "\n".join([f"# {circumstances}", "", *lines, ""])


def follow(recording: Recording, *, is_text: bool) -> int:
    """A terminal whose output is recorded; the end that a program writes to."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            recording.shown(os.read(ours, READ_BYTES), is_text=is_text)
        except OSError:
            # The program has ended.
            loop.remove_reader(ours)

    loop.add_reader(ours, read)
    return theirs


async def record(folder: Path) -> Recording:
    """Run the demo in a folder. Raises TimeoutError, RuntimeError when a command fails."""
    recording = Recording()
    recording.typed(RENDER)
    # Two terminals of one size: what is drawn over again comes on standard error.
    out, err = follow(recording, is_text=True), follow(recording, is_text=False)
    watch = await asyncio.create_subprocess_exec(
        FILM,
        *RENDER[1:],
        cwd=folder,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=out,
        stderr=err,
    )
    os.close(out)
    os.close(err)
    try:
        await recording.films(1)
        recording.typed(EDIT, where="    # in another terminal")
        edit = await asyncio.create_subprocess_exec(*EDIT, cwd=folder)
        if await edit.wait():
            raise RuntimeError(f"{shlex.join(EDIT)} failed")
        await recording.films(2)
    finally:
        watch.send_signal(signal.SIGINT)
        code = await watch.wait()
    if code:
        raise RuntimeError(f"{shlex.join(RENDER)} ended with {code}")
    return recording


def main() -> int:
    """Record, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    load = os.getloadavg()[0]
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    circumstances = (
        f"recorded by scripts/demo.py, {when}, {os.cpu_count()} cores, load average {load:.1f} before"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ferry.fountain").write_bytes(SAMPLE.read_bytes())
        recording = asyncio.run(record(folder))
    target.mkdir(parents=True, exist_ok=True)
    (target / "watch.cast").write_text(recording.cast())
    (target / "watch.txt").write_text(recording.transcript(circumstances))
    print(f"{target}: {len(recording.events)} events in {recording.events[-1][0]:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
