"""film login, register, logout and whoami: sessions at studios elsewhere."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from filmstudio.account import Account
from filmstudio.cli.exits import Exit
from filmstudio.cli.places import Logins, Place, named_server
from filmstudio.cli.plain import plain
from filmstudio.errors import RefusedError, SignInError
from filmstudio.settings import ClientSettings, read_settings

if TYPE_CHECKING:
    from filmstudio.auth.v1 import auth_pb2
    from filmstudio.client import FilmStudio
    from filmstudio.servers import Server

T = TypeVar("T")


def login(server_text: str, email: str) -> Exit:
    """Sign in; the password is asked for, or read from standard input. Raises FilmStudioError, OSError."""
    settings = read_settings()
    server = _server(server_text, settings)
    _warn_of_plain_text(server)
    account = Account(email or _asked("E-mail address: "), written_secret("Password: "))
    return _begin(server, account, settings)


def register(server_text: str, email: str, display_name: str, invitation: str) -> Exit:
    """Make an account and sign in with it. Raises FilmStudioError, OSError."""
    settings = read_settings()
    server = _server(server_text, settings)
    _warn_of_plain_text(server)
    address = email or _asked("E-mail address: ")
    password = written_secret("New password, 10 to 256 characters: ")
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != password:
        raise RefusedError("the two passwords differ; try again")
    return _begin(server, Account(address, password), settings, _New(display_name, invitation))


def logout(server_text: str) -> Exit:
    """End the session and forget it. Raises FilmStudioError, OSError."""
    settings = read_settings()
    server = _server(server_text, settings)
    logins = Logins(settings.config)
    if not logins.session_file(server).exists():
        raise SignInError(f"you are not signed in at {server}")
    from filmstudio.signing_in import sign_out

    ended = _run(lambda: sign_out(server, logins.session_file(server), settings.ca_file))
    logins.leave(server)
    if ended:
        print(f"Signed out of {server}.")
    else:
        print(f"Forgot the session at {server}, which does not answer: it ends there later by itself.")
    return Exit.OK


async def whoami(studio: FilmStudio, place: Place, *, as_json: bool) -> Exit:
    """Say who is signed in, and where. Raises FilmStudioError."""
    user = await studio.me()
    if as_json:
        fields = {"server": str(place.server), "local": place.is_local, "email": user.email}
        print(json.dumps(fields | {"name": user.name, "workspace": user.workspace}))
        return Exit.OK
    where = f"this machine's studio, {place.server}" if place.is_local else str(place.server)
    print(plain(f"{user.email} ({user.display_name}) at {where}"))
    return Exit.OK


async def leave_everywhere(studio: FilmStudio, place: Place) -> Exit:
    """End all sessions of the account, and forget this machine's. Raises FilmStudioError, OSError."""
    await studio.leave_everywhere()
    _forget(place)
    print(f"Signed out of {place.server} everywhere; API keys go on.")
    return Exit.OK


async def change_password(studio: FilmStudio, place: Place) -> Exit:
    """Another password. Raises FilmStudioError."""
    _refuse_local(place)
    current = written_secret("Password: ")
    new = written_secret("New password, 10 to 256 characters: ")
    if sys.stdin.isatty() and getpass.getpass("Once more: ") != new:
        raise RefusedError("the two new passwords differ; try again")
    await studio.change_password(current, new)
    print("The password is changed; other sessions have ended, API keys go on.")
    return Exit.OK


async def remove_account(studio: FilmStudio, place: Place, *, yes: bool) -> Exit:
    """Sign out for good. Raises FilmStudioError, OSError."""
    _refuse_local(place)
    user = await studio.me()
    if not yes:
        print(plain(f"{user.email} goes with all its projects and films; there is no way back."))
        if _asked("Write the address to go on: ", "give --yes to go on unasked") != user.email:
            raise RefusedError("nothing is removed")
    await studio.remove_account(written_secret("Password: "))
    _forget(place)
    print(plain(f"{user.email} is signed out for good; what it made is being removed."))
    return Exit.OK


def _refuse_local(place: Place) -> None:
    if place.is_local:
        raise RefusedError("the account of this machine's studio is its own; give --server")


def _forget(place: Place) -> None:
    """Sign in anew at the next call."""
    from filmstudio.kept_session import SessionFile

    SessionFile(place.session_file).remove()
    if not place.is_local:
        Logins(read_settings().config).leave(place.server)


@dataclass(frozen=True, slots=True)
class _New:
    """What a new account is made with."""

    display_name: str
    invitation: str


def _begin(server: Server, account: Account, settings: ClientSettings, new: _New | None = None) -> Exit:
    from filmstudio.signing_in import make_account, sign_in

    logins = Logins(settings.config)
    file, authorities = logins.session_file(server), settings.ca_file

    async def begin() -> auth_pb2.User:
        if new is not None:
            return await make_account(server, account, new.display_name, file, authorities, new.invitation)
        return await sign_in(server, account, file, authorities)

    user = _run(begin)
    logins.choose(server)
    # Whoever signed in before may have worked where this account is a stranger.
    Place(server, file, sign_in="").use_workspace("")
    print(f"Signed in at {server} as {user.email}.")
    print("film render works there from now on; with --local it works on this machine.")
    return Exit.OK


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    import asyncio

    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    return asyncio.run(work())


def _server(text: str, settings: ClientSettings) -> Server:
    server = named_server(text or settings.server) or Logins(settings.config).chosen()
    if server is None:
        raise RefusedError("which studio? give --server host:port, or --server https://host")
    return server


def _warn_of_plain_text(server: Server) -> None:
    if not server.secure and not server.is_loopback:
        print(
            f"film: {server} is spoken to without TLS: the password can be read on the way. "
            "Use https:// where the studio offers it.",
            file=sys.stderr,
        )


def _asked(question: str, remedy: str = "whose account? give --email") -> str:
    """An answer from the keyboard. Raises RefusedError where nobody is."""
    if not sys.stdin.isatty():
        raise RefusedError(remedy)
    try:
        return input(question).strip()
    except EOFError:
        raise RefusedError("nothing was written") from None


def written_secret(question: str) -> str:
    """A password from the keyboard, unseen, or the first line of standard input. Raises RefusedError."""
    try:
        written = getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    except EOFError:
        written = ""
    if not written:
        raise RefusedError("no password was given; type it, or write it to standard input")
    return written
