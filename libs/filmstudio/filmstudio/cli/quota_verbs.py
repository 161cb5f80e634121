"""The verb of quotas: what it takes; what it does is loaded when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

SECONDS_MAX = 1_000_000_000


def add_to(app: typer.Typer) -> None:
    """Add it."""
    app.command()(quota)


def quota(
    of: Annotated[
        str, typer.Option("--of", metavar="ADDRESS", help="Of this account; administrators may.")
    ] = "",
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", min=1, max=100_000, help="Unfinished jobs at a time.")
    ] = None,
    shots: Annotated[
        int | None, typer.Option("--shots", metavar="N", min=1, max=3_000, help="Shots of one film.")
    ] = None,
    gpu_seconds: Annotated[
        int | None,
        typer.Option("--gpu-seconds", metavar="N", min=0, max=SECONDS_MAX, help="A month; 0: no limit."),
    ] = None,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="The studio's limits again, but for those given here.")
    ] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Show how much the workspace may render, what of it is used, and when it resets.

    With --of an administrator sees an account's, and gives it limits of its own.
    """
    is_change = defaults or any(limit is not None for limit in (jobs, shots, gpu_seconds))
    checked(lambda: _require_account(of, is_change=is_change))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import quotas as verbs

        if not of:
            return await verbs.show(studio, as_json=as_json)
        limits = verbs.Limits(jobs, shots, gpu_seconds, to_defaults=defaults)
        return await verbs.give(studio, of, limits, as_json=as_json)

    at_studio(server, work, local=local)


def _require_account(of: str, *, is_change: bool) -> None:
    """Raises RefusedError."""
    from filmstudio.errors import RefusedError

    if is_change and not of:
        raise RefusedError("whose limits? Give the account's e-mail address with --of")
