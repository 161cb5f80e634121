"""The verb about pools of generators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


def pools(
    check: Annotated[
        bool, typer.Option("--check", help="Let each pool make something small, and say how long it took.")
    ] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the pools of generators."""

    async def work(studio: FilmStudio, _: Place) -> int:
        if check:
            from filmstudio.cli.checks import check_pools

            return await check_pools(studio, as_json=as_json)
        from filmstudio.cli.listing import list_pools

        return await list_pools(studio, as_json=as_json)

    at_studio(server, work, local=local)
