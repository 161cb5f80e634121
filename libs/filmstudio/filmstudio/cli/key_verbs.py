"""The verb of API keys: what it takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


class KeyAction(StrEnum):
    """What to do with a key; without one all are listed."""

    NEW = "new"
    REVOKE = "revoke"


def add_to(app: typer.Typer) -> None:
    """Add it."""
    app.command()(keys)


def keys(
    action: Annotated[
        KeyAction | None, typer.Argument(metavar="new|revoke", help="Without it all are listed.")
    ] = None,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What it is for; of revoke also apiKeys/UUID.")
    ] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SCOPE", help="What it may do, as jobs.read; again for more; by default all."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="When it ends.")] = 90,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List your API keys, make one for programs, or end one: film keys new NAME --scope jobs.read."""
    checked(lambda: _require_name(action, name))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import keys as verbs

        match action:
            case KeyAction.NEW:
                return await verbs.make_key(studio, name, scope or [], days, as_json=as_json)
            case KeyAction.REVOKE:
                return await verbs.revoke_key(studio, name, as_json=as_json)
        return await verbs.list_keys(studio, as_json=as_json)

    at_studio(server, work, local=local)


def _require_name(action: KeyAction | None, name: str) -> None:
    """Raises RefusedError."""
    from filmstudio.errors import RefusedError

    if action is not None and not name:
        raise RefusedError("which key? Give its name")
