"""A session kept in a file, for one command after the other and for several at once."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filmstudio.account import Account
from filmstudio.auth.v1 import auth_pb2_grpc
from filmstudio.errors import SignInError, UnreachableError
from filmstudio.session import Tokens, renewed, signed_in

LOCK_WAIT_SECONDS = 60.0
LOCK_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file holds: whose session at which studio, and its tokens; never a password."""

    server: str
    email: str
    tokens: Tokens


class SessionFile:
    """One session's file, readable by its owner alone (mode 0600), replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Kept | None:
        """What is kept; None for no file, and for one that can't be understood. Raises OSError."""
        try:
            fields = json.loads(self._path.read_text())
            return Kept(fields["server"], fields["email"], Tokens(**fields["tokens"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def write(self, kept: Kept) -> None:
        """Keep it. Raises OSError; the file before stays then."""
        make_private(self._path.parent)
        unfinished = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(kept), file)
        unfinished.replace(self._path)

    def remove(self) -> None:
        """Forget it. Raises OSError."""
        self._path.unlink(missing_ok=True)

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """Alone with the file, among all processes of this machine; the lock ends with the process.

        Raises UnreachableError when another process holds it for LOCK_WAIT_SECONDS, OSError.
        """
        # Only who keeps sessions needs what Windows lacks.
        import fcntl

        make_private(self._path.parent)
        descriptor = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + LOCK_WAIT_SECONDS
        try:
            while not _taken(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.flock):
                if time.monotonic() > end:
                    raise UnreachableError(f"another film command holds {self._path}.lock; end it")
                await asyncio.sleep(LOCK_POLL_SECONDS)
            yield
        finally:
            os.close(descriptor)


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this account alone. Raises OSError."""
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=0o700, exist_ok=True)


def _taken(descriptor: int, how: int, flock: Callable[[int, int], None]) -> bool:
    try:
        flock(descriptor, how)
    except BlockingIOError:
        return False
    return True


class KeptTokens:
    """Tokens of a session file, renewed by one process at a time, so that none spends a token twice.

    With an `account` a session that is over begins anew; without one that is an error.
    """

    def __init__(
        self,
        file: SessionFile,
        server: str,
        account: Account | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._file = file
        self._server = server
        self._account = account
        self._now = now

    async def tokens(self, auth: auth_pb2_grpc.AuthServiceAsyncStub, refused: str) -> Tokens:
        """The kept tokens if they are good, else the session's next ones, kept at once.

        Raises SignInError, grpc.aio.AioRpcError, OSError when the file can't be written.
        """
        kept = self._file.read()
        if kept is not None and self._is_good(kept.tokens, refused):
            return kept.tokens
        async with self._file.locked():
            kept = self._file.read()
            if kept is not None and self._is_good(kept.tokens, refused):
                return kept.tokens
            return await self._next(auth, kept)

    def _is_good(self, tokens: Tokens, refused: str) -> bool:
        return tokens.is_good(self._now()) and tokens.access_token != refused

    async def _next(self, auth: auth_pb2_grpc.AuthServiceAsyncStub, kept: Kept | None) -> Tokens:
        tokens = await renewed(auth, kept.tokens.refresh_token) if kept is not None else None
        if tokens is not None and kept is not None:
            self._file.write(Kept(kept.server, kept.email, tokens))
            return tokens
        if self._account is None:
            self._file.remove()
            raise SignInError(f"your session at {self._server} is over")
        tokens = await signed_in(auth, self._account)
        self._file.write(Kept(self._server, self._account.email, tokens))
        return tokens
