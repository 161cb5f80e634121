"""A service's log file, cut by size: the present one and a few older ones beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

LOG_BYTES_MAX = 10 * 1024 * 1024
OLD_LOGS_KEPT = 3


class RotatingLog:
    """Appends bytes to `path`; at `bytes_max` it moves to `path`.1, and so on to .3; the oldest is dropped.

    Writes go to the page cache and are short, so they are made on the event loop.
    """

    def __init__(self, path: Path, bytes_max: int = LOG_BYTES_MAX) -> None:
        self._path = path
        self._bytes_max = bytes_max
        self._file = path.open("ab")

    def write(self, data: bytes) -> None:
        """Append `data`, whole, to one file."""
        if self._file.tell() and self._file.tell() + len(data) > self._bytes_max:
            self._rotate()
        self._file.write(data)
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        for number in range(OLD_LOGS_KEPT, 0, -1):
            newer = self._path if number == 1 else old_log(self._path, number - 1)
            if newer.exists():
                newer.replace(old_log(self._path, number))
        self._file = self._path.open("ab")


def old_log(path: Path, number: int) -> Path:
    """The name of the `number`th older log."""
    return path.with_name(f"{path.name}.{number}")


def log_tail(path: Path, bytes_max: int = 4_000) -> str:
    """The end of a log, from the start of a line; empty if there is no log."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - bytes_max))
            data = file.read()
    except FileNotFoundError:
        return ""
    text = data.decode(errors="replace")
    return text.partition("\n")[2] if size > bytes_max else text


def say(message: Mapping[str, object]) -> None:
    """One line in the supervisor's own log, which is where its standard error goes."""
    print(json.dumps(message), file=sys.stderr, flush=True)
