"""The verbs of this machine's own studio: those that the studio carries out, and its operator's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmstudio.cli.running import at_studio, run

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

CARRIED_OUT_THERE = (
    ("up", "Start the studio, or join it."),
    ("down", "Stop the studio."),
    ("status", "Say what of the studio runs."),
    ("logs", "Show the logs, all or one service's; -f follows."),
    ("open", "Open the studio's web page, or say where it answers."),
    ("doctor", "Look for faults and name their cures."),
)


def add_to(app: typer.Typer) -> None:
    """Add them all."""
    for verb, summary in CARRIED_OUT_THERE:
        _delegate(app, verb, summary)
    app.command()(generate)


def generate(
    body: Annotated[
        Path,
        typer.Argument(metavar="BODY", help="A RunBody as JSON; without an engine the pool's own is taken."),
    ],
    workspace: Annotated[str, typer.Option(metavar="UUID", help="A workspace; one's own by default.")] = "",
    deadline_seconds: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, max=14400, help="The longest it may take.")
    ] = 900,
) -> None:
    """Run a body on this machine's generator; for operators.

    There is no job; the manifest is printed.
    """

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import operator

        return await operator.generate(studio, place, operator.Generation(body, workspace, deadline_seconds))

    at_studio("", work, local=True)


def _delegate(app: typer.Typer, verb: str, summary: str) -> None:
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

    @app.command(verb, help=f"{summary} This machine's studio only.", context_settings=settings)
    def command(context: typer.Context) -> None:
        def work() -> int:
            from filmstudio.cli.local_studio import delegate

            return delegate(verb, context.args)

        run(work)
