"""Sessions at a studio begun and ended, and kept in a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import grpc

from filmstudio.account import Account
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.channels import open_channel
from filmstudio.errors import UnreachableError
from filmstudio.kept_session import Kept, SessionFile
from filmstudio.refusals import client_error
from filmstudio.servers import Server
from filmstudio.session import tokens_of

CALL_TIMEOUT_SECONDS = 15.0

T = TypeVar("T")
Begun = TypeVar("Begun", auth_pb2.LoginResponse, auth_pb2.RegisterResponse)


async def sign_in(
    server: Server, account: Account, session_file: Path, ca_file: Path | None = None
) -> auth_pb2.User:
    """Begin a session and keep it. Raises FilmStudioError, OSError."""
    request = auth_pb2.LoginRequest(email=account.email, password=account.password)
    return await _begin(
        server, lambda auth: auth.Login(request, timeout=CALL_TIMEOUT_SECONDS), session_file, ca_file
    )


async def make_account(
    server: Server,
    account: Account,
    display_name: str,
    session_file: Path,
    ca_file: Path | None = None,
    invitation: str = "",
) -> auth_pb2.User:
    """Make an account, begin its first session and keep it. Raises FilmStudioError, OSError."""
    request = auth_pb2.RegisterRequest(
        email=account.email, password=account.password, display_name=display_name, invitation=invitation
    )
    return await _begin(
        server, lambda auth: auth.Register(request, timeout=CALL_TIMEOUT_SECONDS), session_file, ca_file
    )


async def sign_out(server: Server, session_file: Path, ca_file: Path | None = None) -> bool:
    """Forget the session; whether the studio was told, and has ended it. Raises OSError."""
    file = SessionFile(session_file)
    async with file.locked():
        kept = file.read()
        file.remove()
    if kept is None:
        return False
    request = auth_pb2.LogoutRequest(refresh_token=kept.tokens.refresh_token)
    try:
        await _call(server, ca_file, lambda auth: auth.Logout(request, timeout=CALL_TIMEOUT_SECONDS))
    except UnreachableError:
        return False
    return True


async def _begin(
    server: Server,
    call: Callable[[auth_pb2_grpc.AuthServiceAsyncStub], Awaitable[Begun]],
    session_file: Path,
    ca_file: Path | None,
) -> auth_pb2.User:
    file = SessionFile(session_file)
    async with file.locked():
        begun = await _call(server, ca_file, call)
        file.write(Kept(str(server), begun.user.email, tokens_of(begun.tokens)))
    return begun.user


async def _call(
    server: Server, ca_file: Path | None, call: Callable[[auth_pb2_grpc.AuthServiceAsyncStub], Awaitable[T]]
) -> T:
    """One call, not repeated: somebody waits at the keyboard."""
    async with open_channel(server, ca_file) as channel:
        try:
            return await call(auth_pb2_grpc.AuthServiceStub(channel))
        except grpc.aio.AioRpcError as error:
            raise client_error(error, str(server)) from error
