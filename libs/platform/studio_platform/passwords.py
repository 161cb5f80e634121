"""Passwords: argon2id, one hash at a time off the event loop, the rest shed beyond a short queue."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from argon2 import Parameters, PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from studio_platform.errors import ResourceExhausted

HASHES_WAITING_MAX = 16
RETRY_AFTER_SECONDS = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password is right, and the new hash to store if the old one's parameters are outdated."""

    right: bool
    new_hash: str = ""


class Passwords:
    """Hashes and checks passwords.

    A hash takes 64 MiB and about 100 ms of CPU (RFC 9106, second choice), so one runs at a time and at
    most HASHES_WAITING_MAX wait; further ones raise ResourceExhausted.
    """

    def __init__(self, executor: ThreadPoolExecutor, parameters: Parameters) -> None:
        self._executor = executor
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._dummy_hash = self._hasher.hash("no account has this password")
        self._open = 0

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password, with its salt and parameters."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def check(self, stored_hash: str | None, password: str) -> Verdict:
        """None for the hash of an unknown user: takes as long, and is never right."""
        return await self._in_turn(lambda: self._check(stored_hash, password))

    def _check(self, stored_hash: str | None, password: str) -> Verdict:
        try:
            self._hasher.verify(stored_hash or self._dummy_hash, password)
        except (VerificationError, InvalidHashError):
            return Verdict(right=False)
        if stored_hash is None:
            return Verdict(right=False)
        outdated = self._hasher.check_needs_rehash(stored_hash)
        return Verdict(right=True, new_hash=self._hasher.hash(password) if outdated else "")

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._open > HASHES_WAITING_MAX:
            raise ResourceExhausted(
                "SIGN_IN_BUSY",
                "Too many people are signing in; try again shortly.",
                retry_after_seconds=RETRY_AFTER_SECONDS,
            )
        self._open += 1
        # Counted until the thread is done, also when the caller has gone: the work is still there.
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def _done(self, _future: asyncio.Future[T]) -> None:
        self._open -= 1


def _keep_to_one_core() -> None:
    """Keeps this thread, and the four that a hash starts, on one core: calls go on by the others.

    Not by a lower priority: a slow thread that holds the interpreter's lock keeps all calls waiting.
    """
    if sys.platform == "linux":
        # 0 is the calling thread, and the threads that it starts have what it has.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@asynccontextmanager
async def open_passwords(
    parameters: Parameters = profiles.RFC_9106_LOW_MEMORY,
) -> AsyncIterator[Passwords]:
    """The hasher with its one thread; tests pass `argon2.profiles.CHEAPEST`."""
    with ThreadPoolExecutor(1, thread_name_prefix="argon2", initializer=_keep_to_one_core) as executor:
        yield await asyncio.to_thread(Passwords, executor, parameters)
