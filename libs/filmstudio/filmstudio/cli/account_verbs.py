"""The verbs of sessions at studios elsewhere: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import StrEnum
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
    invitation: Annotated[
        str, typer.Option(metavar="TOKEN", help="An invitation, where the studio asks for one.")
    ] = "",
) -> None:
    """Make an account at a studio and sign in with it."""
    from filmstudio.cli import accounts

    run(lambda: accounts.register(server, email, name, invitation))


def logout(
    server: Server = "",
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="End the sessions of all machines; API keys go on.")
    ] = False,
) -> None:
    """End the session at a studio and forget it."""
    from filmstudio.cli import accounts

    if everywhere:
        at_studio(server, accounts.leave_everywhere, local=False)
    run(lambda: accounts.logout(server))


class AccountAction(StrEnum):
    """What to do with one's account."""

    PASSWORD = "password"  # noqa: S105 - the verb
    DELETE = "delete"


def account(
    action: Annotated[AccountAction, typer.Argument(metavar="password|delete")],
    yes: Annotated[bool, typer.Option("--yes", help="Of delete: don't ask.")] = False,
    server: Server = "",
) -> None:
    """Change your account's password, or remove the account with all that is in it.

    Passwords are asked for, or read from standard input, a line each: the present one, then the new one.
    """

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import accounts

        if action is AccountAction.PASSWORD:
            return await accounts.change_password(studio, place)
        return await accounts.remove_account(studio, place, yes=yes)

    at_studio(server, work, local=False)


def whoami(as_json: AsJson = False, server: Server = "", local: Local = False) -> None:
    """Say who is signed in, and where."""

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import accounts

        return await accounts.whoami(studio, place, as_json=as_json)

    at_studio(server, work, local=local)
