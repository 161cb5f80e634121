"""A shelf of small things that were made once: joints, cards, and what was found out about single pictures.

It lasts as long as the process, and knows each thing by all that it was made from: whoever finds nothing
makes the same again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path
from threading import Lock

from studio_media.picture import Source

BYTES_MAX = 64 * 1024 * 1024
# What a key and its entry take besides.
_ENTRY_BYTES = 512

Key = tuple[Hashable, ...]


class Shelf:
    """Keeps bytes by key, for several threads; what was not asked for the longest makes room."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Key) -> bytes | None:
        """What is kept under a key, if anything."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Key, data: bytes) -> None:
        """Keep bytes; those under the same key before are replaced."""
        with self._lock:
            self._bytes -= self._size(self._kept.pop(key, None))
            self._kept[key] = data
            self._bytes += self._size(data)
            while self._bytes > self._bytes_max:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= self._size(oldest)

    @staticmethod
    def _size(data: bytes | None) -> int:
        return 0 if data is None else len(data) + _ENTRY_BYTES


def digest_of(source: Source) -> str:
    """The SHA-256 of a clip, in hexadecimal digits."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with Path(source).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
