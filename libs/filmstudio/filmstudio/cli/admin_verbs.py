"""The verb of administrators: what it takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


class AdminAction(StrEnum):
    """What to do at the studio; without one all accounts are listed."""

    CLAIM = "claim"
    INVITE = "invite"
    PROMOTE = "promote"
    DEMOTE = "demote"


def add_to(app: typer.Typer) -> None:
    """Add it."""
    app.command()(admin)


def admin(
    action: Annotated[
        AdminAction | None,
        typer.Argument(metavar="claim|invite|promote|demote", help="Without it all accounts are listed."),
    ] = None,
    who: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="The account's, or the invited person's.")
    ] = "",
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the studio's accounts, let people in, say who is an administrator.

    claim makes you the first one; the secret of the settings is asked for, or read from standard input.
    """
    checked(lambda: _require_address(action, who))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import administering as verbs

        match action:
            case AdminAction.CLAIM:
                return await verbs.claim(studio, as_json=as_json)
            case AdminAction.INVITE:
                return await verbs.invite(studio, who, as_json=as_json)
            case AdminAction.PROMOTE | AdminAction.DEMOTE:
                is_admin = action is AdminAction.PROMOTE
                return await verbs.set_role(studio, who, is_admin=is_admin, as_json=as_json)
        return await verbs.list_users(studio, as_json=as_json)

    at_studio(server, work, local=local)


def _require_address(action: AdminAction | None, who: str) -> None:
    """Raises RefusedError."""
    from filmstudio.errors import RefusedError

    if action in (AdminAction.PROMOTE, AdminAction.DEMOTE) and not who:
        raise RefusedError("whom? Give the account's e-mail address")
