"""The verbs of shots and takes: what each takes; what it does is loaded when it is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filmstudio.cli.options import AsJson, Local, ProjectName, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio


class Action(StrEnum):
    """What to do to a shot; without one it is shown."""

    SET = "set"


class Move(StrEnum):
    """How the camera moves; auto: as the text asks."""

    AUTO = "auto"
    HOLD = "hold"
    PAN_LEFT = "pan-left"
    PAN_RIGHT = "pan-right"
    TILT_UP = "tilt-up"
    TILT_DOWN = "tilt-down"
    PUSH_IN = "push-in"
    PULL_OUT = "pull-out"
    HANDHELD = "handheld"


Shot = Annotated[
    str, typer.Argument(metavar="SHOT", help="Scene and number, as 3.2, or its id; see film shots.")
]
Set = Annotated[Action | None, typer.Argument(metavar="set", help="Edit it; without it it is shown.")]
Prompt = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="The prompt instead of the studio's; \"\" for the studio's."),
]
Add = Annotated[str | None, typer.Option("--add", metavar="TEXT", help="Words after the prompt.")]
Without = Annotated[
    str | None, typer.Option("--without", metavar="TEXT", help="What the still shall not show.")
]
Seed = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", min=0, max=2**63 - 1, help="The seed of still and clip; 0 resets."),
]
StillPool = Annotated[str | None, typer.Option(metavar="POOL", help='Who makes the still; "" the default.')]
ClipPool = Annotated[str | None, typer.Option(metavar="POOL", help='Who makes the clip; "" the default.')]
Duration = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="How long it is, 1 to 60; 0 as the text asks.")
]
Camera = Annotated[Move | None, typer.Option(help="How the camera moves.")]


def add_to(app: typer.Typer) -> None:
    """Add them."""
    for verb in (shots, shot, retake, takes):
        app.command()(verb)


def shots(
    project: ProjectName,
    edited: Annotated[bool, typer.Option("--edited", help="Only what was edited.")] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the shots of a project with what was edited of them."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import shots as listing

        return await listing.list_shots(studio, project, only_edited=edited, as_json=as_json)

    at_studio(server, work, local=local)


def shot(
    project: ProjectName,
    shot: Shot,
    action: Set = None,
    prompt: Prompt = None,
    add: Add = None,
    without: Without = None,
    seed: Seed = None,
    still_pool: StillPool = None,
    clip_pool: ClipPool = None,
    duration: Duration = None,
    camera: Camera = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Show a shot, or edit it: film shot PROJECT 3.2 set --camera push-in --duration 6."""
    fields = _given(prompt, add, without, seed, still_pool, clip_pool, duration, camera)
    checked(lambda: _require_whole(action, fields))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import shots as editing

        if action is None:
            return await editing.show_shot(studio, project, shot, as_json=as_json)
        return await editing.edit_shot(studio, project, shot, fields, as_json=as_json)

    at_studio(server, work, local=local)


def retake(
    project: ProjectName,
    shot: Shot,
    prompt: Prompt = None,
    add: Add = None,
    without: Without = None,
    seed: Seed = None,
    still_pool: StillPool = None,
    clip_pool: ClipPool = None,
    duration: Duration = None,
    camera: Camera = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Give a shot a new take, with another seed and what else is given; the next render makes it."""
    fields = _given(prompt, add, without, seed, still_pool, clip_pool, duration, camera)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import shots as editing

        return await editing.retake_shot(studio, project, shot, fields, as_json=as_json)

    at_studio(server, work, local=local)


def takes(
    project: ProjectName,
    shot: Shot,
    choose: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, max=100, help="The take that the film has.")
    ] = None,
    compare: Annotated[
        tuple[int, int] | None, typer.Option(metavar="NUMBER NUMBER", help="What differs between two.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write what was made of them there.")
    ] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """List the takes of a shot, choose one, compare two, or save what was made of them."""
    checked(lambda: _require_one(choose, compare, save))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import takes as listing

        if choose is not None:
            return await listing.choose_take(studio, project, shot, choose, as_json=as_json)
        if compare is not None:
            return await listing.compare_takes(studio, project, shot, *compare, as_json=as_json)
        return await listing.list_takes(studio, project, shot, save, as_json=as_json)

    at_studio(server, work, local=local)


def _given(
    prompt: str | None,
    add: str | None,
    without: str | None,
    seed: int | None,
    still_pool: str | None,
    clip_pool: str | None,
    duration: float | None,
    camera: Move | None,
) -> dict[str, Any]:
    """The settings that the command line names, by the contract's names."""
    options = {
        "prompt": prompt,
        "prompt_addition": add,
        "negative_prompt": without,
        "seed": seed,
        "still_pool": _pool(still_pool),
        "clip_pool": _pool(clip_pool),
        "duration_ms": None if duration is None else round(duration * 1000),
        "camera_move": None if camera is None else _move(camera),
    }
    return {name: value for name, value in options.items() if value is not None}


def _pool(written: str | None) -> str | None:
    return f"pools/{written.removeprefix('pools/')}" if written else written


def _move(camera: Move) -> str:
    name = "UNSPECIFIED" if camera is Move.AUTO else camera.value.replace("-", "_").upper()
    return f"CAMERA_MOVE_{name}"


def _require_whole(action: Action | None, fields: dict[str, Any]) -> None:
    """Raise RefusedError for an edit without fields, or fields without an edit."""
    from filmstudio.errors import RefusedError

    if action is None and fields:
        raise RefusedError("to edit, write set before the options")
    if action is not None and not fields:
        raise RefusedError("set what? Give an option, such as --camera push-in")


def _require_one(*options: object) -> None:
    from filmstudio.errors import RefusedError

    if sum(option is not None for option in options) > 1:
        raise RefusedError("give one of --choose, --compare and --save")
