"""The verbs of sessions at studios elsewhere: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Email, Local, Server
from filmstudio.cli.running import at_studio, run

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def login(server: Server = "", email: Email = "") -> None:
    """Sign in at a studio elsewhere.

    The password is asked for, or read from standard input.
    """
    from filmstudio.cli import accounts

    run(lambda: accounts.login(server, email))


def register(
    server: Server = "",
    email: Email = "",
    name: Annotated[str, typer.Option(metavar="NAME", help="What others see.")] = "",
) -> None:
    """Make an account at a studio and sign in with it."""
    from filmstudio.cli import accounts

    run(lambda: accounts.register(server, email, name))


def logout(server: Server = "") -> None:
    """End the session at a studio and forget it."""
    from filmstudio.cli import accounts

    run(lambda: accounts.logout(server))


def whoami(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Say who is signed in, and where."""

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import accounts

        return await accounts.whoami(studio, place, as_json=as_json)

    at_studio(server, work, local=local)
