"""The options and arguments that several verbs of the film command have."""

from __future__ import annotations

from typing import Annotated

import typer

JobName = Annotated[str, typer.Argument(metavar="JOB", help="jobs/UUID, UUID, or a unique start of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Server = Annotated[
    str,
    typer.Option("--server", metavar="ADDRESS", help="The studio: host:port or https://host (FILM_SERVER)."),
]
Local = Annotated[
    bool, typer.Option("--local", help="This machine's studio, whoever is signed in elsewhere.")
]
Email = Annotated[
    str, typer.Option(metavar="ADDRESS", help="The account's address; asked for when not given.")
]
Detach = Annotated[
    bool, typer.Option("-d", "--detach", help="Say the job's name and don't wait for its end.")
]
