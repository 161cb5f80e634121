"""The options and arguments that several verbs of the film command have."""

from __future__ import annotations

from typing import Annotated

import typer

ProjectName = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name, or projects/UUID.")]
Limit = Annotated[int, typer.Option("-n", "--limit", min=1, max=10_000, help="How many.")]
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

Project = Annotated[str, typer.Option(metavar="NAME", help="The project's name; by default the title.")]
Size = Annotated[str, typer.Option(metavar="SIZE", help="1280x720, 480p to 2160p, 9:16, or 1080p,2.39:1.")]
Fps = Annotated[str, typer.Option(metavar="RATE", help="Frames a second: 24, 23.976, 30000/1001.")]
Loudness = Annotated[str, typer.Option(metavar="LUFS", help="Integrated loudness in LUFS, such as -16.")]
LowerThirds = Annotated[
    list[str] | None,
    typer.Option(metavar="names,places", help="Write names at first entrances, places at new scenes."),
]
Narrate = Annotated[
    bool, typer.Option("--narrate/--no-narrate", help="Whether a narrator reads the silent shots.")
]
Pool = Annotated[
    list[str] | None, typer.Option(metavar="KIND=POOL", help="Which pool makes a kind; see film pools.")
]
Scenes = Annotated[
    list[str] | None,
    typer.Option(metavar="3-5", help="These scenes alone, by number; commas, or given again."),
]
Shots = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="These shots alone; film plan --json has their ids.")
]
Target = Annotated[
    str,
    typer.Option(metavar="TARGET", help="film, animatic (held stills), storyboard, or table-read."),
]
Also = Annotated[
    list[str] | None,
    typer.Option(metavar="OUTPUT", help="One more film of it: 9:16, 1:1,-14LUFS, de or de:captions."),
]
OutputName = Annotated[
    str, typer.Option("--also", metavar="NAME", help="Of a further output, such as 9:16; else of the film.")
]
Quality = Annotated[str, typer.Option(metavar="full|proxy", help="proxy: small and fast, 270 lines.")]
Budget = Annotated[
    str, typer.Option(metavar="AMOUNT", help="Don't start if more is expected, in the studio's currency.")
]
Watching = Annotated[
    bool,
    typer.Option("--watch", help="Render again on each save, until Ctrl-C; a local page plays the film."),
]
OpenPage = Annotated[bool, typer.Option("--open", help="With --watch: open the page in the browser.")]
PlayerCommand = Annotated[
    str, typer.Option("--player", metavar="COMMAND", help="With --watch: start this with each new film.")
]
