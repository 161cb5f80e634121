"""Identifiers: UUIDv7 made here, so that they sort by time on every Postgres version."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

_RANDOM_BITS = 74
_STEP_BITS = 32


class IdSequence:
    """UUIDv7s (RFC 9562 §5.7) of one process, each greater than the one before.

    48 bits of Unix milliseconds, then 74 random bits; within a millisecond, or when the clock goes back, the
    last id is increased by a random step (RFC 9562 §6.2, method 2). Those of two processes may still
    interleave within a millisecond.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = 0
        self._noise = 0

    def next(self) -> UUID:
        """The next id; threads may ask at once."""
        milliseconds = time.time_ns() // 1_000_000
        with self._lock:
            if milliseconds > self._milliseconds:
                self._milliseconds, self._noise = milliseconds, secrets.randbits(_RANDOM_BITS)
            else:
                self._advance()
            return _uuid7(self._milliseconds, self._noise)

    def _advance(self) -> None:
        self._noise += 1 + secrets.randbits(_STEP_BITS)
        if self._noise >> _RANDOM_BITS:
            self._milliseconds, self._noise = self._milliseconds + 1, secrets.randbits(_RANDOM_BITS)


def _uuid7(milliseconds: int, noise: int) -> UUID:
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | (noise >> 62) << 64
    value |= 0b10 << 62 | (noise & ((1 << 62) - 1))
    return UUID(int=value)


_sequence = IdSequence()


def new_id() -> UUID:
    """The next UUIDv7 of this process: sorted by time, and in the order in which they were made."""
    return _sequence.next()
