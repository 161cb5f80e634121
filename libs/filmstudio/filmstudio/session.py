"""A signed-in session at a studio: tokens fetched when needed and renewed before they end."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import grpc

from filmstudio.account import Account
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.errors import SignInError

RENEW_BEFORE_SECONDS = 60.0
CALL_TIMEOUT_SECONDS = 30.0

WORKSPACE_HEADER = "x-film-workspace"

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A session's two tokens and their ends, Unix seconds."""

    access_token: str
    access_ends_at: float
    refresh_token: str
    refresh_ends_at: float

    def is_good(self, now: float) -> bool:
        """Whether the access token lasts a while yet."""
        return self.access_ends_at - now >= RENEW_BEFORE_SECONDS


class TokenSource(Protocol):
    """Where a session's tokens come from."""

    async def tokens(self, auth: auth_pb2_grpc.AuthServiceAsyncStub, refused: str) -> Tokens:
        """Tokens that last a while, never with the access token `refused`.

        Raises SignInError when the account must sign in anew, grpc.aio.AioRpcError when the studio fails.
        """


class AccountTokens:
    """Signs in with a password, renews by the refresh token; nothing is kept on disk."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._refresh_token = ""

    async def tokens(self, auth: auth_pb2_grpc.AuthServiceAsyncStub, refused: str) -> Tokens:
        """New tokens. Raises grpc.aio.AioRpcError, UNAUTHENTICATED for a wrong password."""
        del refused
        tokens = await renewed(auth, self._refresh_token) or await signed_in(auth, self._account)
        self._refresh_token = tokens.refresh_token
        return tokens


class ApiKey:
    """A key instead of a session: connect("film.example.org", ApiKey("film_...")); nothing is renewed."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def tokens(self, auth: auth_pb2_grpc.AuthServiceAsyncStub, refused: str) -> Tokens:
        """The key. Raises SignInError once it was refused."""
        del auth
        if refused:
            raise SignInError("the studio refused the API key: it is unknown there, over or revoked")
        return Tokens(self._secret, math.inf, "", 0.0)


class Session:
    """Holds the tokens of one account; safe for concurrent callers. `now` gives Unix seconds.

    With a `workspace`, "workspaces/{uuid}", calls are meant for it, else for the account's own.
    """

    def __init__(
        self,
        auth: auth_pb2_grpc.AuthServiceAsyncStub,
        source: TokenSource,
        now: Callable[[], float] = time.time,
        workspace: str = "",
    ) -> None:
        self._auth = auth
        self._source = source
        self._now = now
        self._chosen: Metadata = ((WORKSPACE_HEADER, workspace),) if workspace else ()
        self._tokens: Tokens | None = None
        self._refused = ""
        self._lock = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """The headers of an authorised call. Raises SignInError, grpc.aio.AioRpcError."""
        async with self._lock:
            if self._tokens is None or not self._tokens.is_good(self._now()):
                self._tokens = await self._source.tokens(self._auth, self._refused)
            return (("authorization", f"Bearer {self._tokens.access_token}"), *self._chosen)

    def refuse(self, metadata: Metadata) -> None:
        """The studio refused this header: the next one will be another."""
        token = dict(metadata)["authorization"].removeprefix("Bearer ")
        if self._tokens is not None and self._tokens.access_token == token:
            self._refused, self._tokens = token, None


async def signed_in(auth: auth_pb2_grpc.AuthServiceAsyncStub, account: Account) -> Tokens:
    """A new session. Raises grpc.aio.AioRpcError, UNAUTHENTICATED for a wrong address or password."""
    request = auth_pb2.LoginRequest(email=account.email, password=account.password)
    return tokens_of((await auth.Login(request, timeout=CALL_TIMEOUT_SECONDS)).tokens)


async def renewed(auth: auth_pb2_grpc.AuthServiceAsyncStub, refresh_token: str) -> Tokens | None:
    """The session's next tokens, None if it is over. Raises grpc.aio.AioRpcError for other failures."""
    if not refresh_token:
        return None
    request = auth_pb2.RefreshRequest(refresh_token=refresh_token)
    try:
        return tokens_of((await auth.Refresh(request, timeout=CALL_TIMEOUT_SECONDS)).tokens)
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.UNAUTHENTICATED:
            return None
        raise


def tokens_of(message: auth_pb2.Tokens) -> Tokens:
    """The contract's tokens as ours."""
    return Tokens(
        access_token=message.access_token,
        access_ends_at=float(message.access_expire_time.ToSeconds()),
        refresh_token=message.refresh_token,
        refresh_ends_at=float(message.refresh_expire_time.ToSeconds()),
    )
