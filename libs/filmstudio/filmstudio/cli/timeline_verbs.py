"""The verbs of a film's timeline: what each takes; what it does is loaded when it is called."""

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


TRANSITION_SECONDS = 0.5


class Joint(StrEnum):
    """How a shot gives way to the next."""

    CUT = "cut"
    CROSSFADE = "crossfade"
    DISSOLVE = "dissolve"
    DIP = "dip"
    WIPE = "wipe"
    IRIS = "iris"
    DIP_TO_WHITE = "dip-to-white"
    CUT_TO_BLACK = "cut-to-black"
    AUTO = "auto"


Shot = Annotated[
    str, typer.Argument(metavar="SHOT", help="Which, as film timeline lists it: 1.2, or its id.")
]
Seconds = Annotated[float | None, typer.Option(metavar="SECONDS", min=0, help="0 takes it back.")]
Text = Annotated[str | None, typer.Option(metavar="TEXT", help='"" as the screenplay has it.')]


def add_to(app: typer.Typer) -> None:
    """Add them all."""
    for verb in (timeline, trim, transition, move, level, title, lock, unlock, replace):
        app.command()(verb)


def timeline(
    project: ProjectName, as_json: AsJson = False, server: Server = "", local: Local = False
) -> None:
    """List the shots of a film in its order, with what was edited."""

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import timeline

        return await timeline.list_timeline(studio, project, as_json=as_json)

    at_studio(server, work, local=local)


def trim(
    project: ProjectName,
    shot: Shot,
    head: Seconds = None,
    tail: Seconds = None,
    hold: Seconds = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Leave out the head or the tail of a shot, or hold its last picture."""
    given = {"head_trim_ms": head, "tail_trim_ms": tail, "hold_ms": hold}
    fields = {name: round(1000 * seconds) for name, seconds in given.items() if seconds is not None}
    checked(lambda: _require(bool(fields), "trim what? Give --head, --tail or --hold"))
    _edit(project, shot, fields, as_json=as_json, server=server, local=local)


def transition(
    project: ProjectName,
    shot: Shot,
    kind: Annotated[
        Joint,
        typer.Argument(
            help="How it gives way to the next, dissolve is crossfade; auto as the screenplay has it."
        ),
    ],
    seconds: Annotated[
        float | None,
        typer.Argument(metavar="SECONDS", min=0.001, max=5, help="How long; 0.5 if not given."),
    ] = None,
    length: Annotated[float | None, typer.Option(metavar="SECONDS", min=0.001, max=5, hidden=True)] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Join a shot to the next one: by a cut, a crossfade, a wipe, an iris, or a dip to black or white."""
    from filmstudio.timeline.v1 import timeline_pb2

    joint = None
    written = seconds if seconds is not None else length
    is_long = kind not in (Joint.CUT, Joint.AUTO)
    checked(lambda: _require(is_long or written is None, f"a transition {kind} takes no seconds"))
    if kind is not Joint.AUTO:
        name = Joint.CROSSFADE.name if kind is Joint.DISSOLVE else kind.name
        number = timeline_pb2.TransitionKind.Value(f"TRANSITION_KIND_{name}")
        length_ms = round(1000 * (TRANSITION_SECONDS if written is None else written)) if is_long else 0
        joint = timeline_pb2.Transition(kind=number, length_ms=length_ms)
    _edit(project, shot, {"transition": joint}, as_json=as_json, server=server, local=local)


def move(
    project: ProjectName,
    shot: Shot,
    after: Annotated[str, typer.Option(metavar="SHOT", help="The shot that it shall follow.")] = "",
    before: Annotated[str, typer.Option(metavar="SHOT", help="The shot that it shall come before.")] = "",
    home: Annotated[bool, typer.Option("--home", help="Back to where it was written.")] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Move a shot within its scene, or into another."""
    places = sum(map(bool, (after, before, home)))
    checked(lambda: _require(places == 1, "move it where? Give one of --after, --before and --home"))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import timeline

        where = timeline.Where(after, before)
        return await timeline.move_shot(studio, project, shot, where, as_json=as_json)

    at_studio(server, work, local=local)


def level(
    project: ProjectName,
    of: Annotated[
        str,
        typer.Argument(metavar="SHOT|SCENE", help="A shot with --line or --effect, a scene with --stem."),
    ],
    line: Annotated[int | None, typer.Option(metavar="NUMBER", min=1, help="A line of a shot.")] = None,
    effect: Annotated[str, typer.Option(metavar="NAME", help="A single sound of a shot: DOOR.")] = "",
    stem: Annotated[str, typer.Option(metavar="music|effects", help="A sound of a whole scene.")] = "",
    gain: Annotated[
        float | None, typer.Option(metavar="DB", min=-60, max=12, help="Louder or quieter; 0 takes it back.")
    ] = None,
    mute: Annotated[bool | None, typer.Option("--mute/--unmute", help="Not heard at all.")] = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Make a line, a single sound, or the music or effects of a scene louder, quieter or silent."""
    whose = sum(map(bool, (line, effect, stem)))
    checked(lambda: _require(whose == 1, "which sound? Give one of --line, --effect and --stem"))
    checked(lambda: _require(stem in ("", "music", "effects"), "--stem is music or effects"))
    checked(lambda: _require(gain is not None or mute is not None, "how loud? Give --gain or --mute"))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import timeline

        sound = timeline.Sound(of, line or 0, effect.upper(), stem)
        return await timeline.set_level(studio, project, sound, gain, mute, as_json=as_json)

    at_studio(server, work, local=local)


def title(
    project: ProjectName,
    title: Text = None,
    credit: Text = None,
    author: Text = None,
    end: Text = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Say what the title card and the end card say."""
    given = {"title": title, "credit": credit, "author": author, "end_title": end}
    fields = {name: text for name, text in given.items() if text is not None}
    checked(lambda: _require(bool(fields), "which text? Give --title, --credit, --author or --end"))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import timeline

        return await timeline.set_titles(studio, project, fields, as_json=as_json)

    at_studio(server, work, local=local)


def replace(
    project: ProjectName,
    of: Annotated[
        str,
        typer.Argument(
            metavar="SHOT|SCENE|NAME",
            help="A shot; with --music or --ambience a scene, with --portrait a name.",
        ),
    ],
    file: Annotated[Path | None, typer.Argument(help="The file; none to take it back.")] = None,
    still: Annotated[bool, typer.Option("--still", help="The picture that its clip is made of.")] = False,
    clip: Annotated[bool, typer.Option("--clip", help="Its moving picture.")] = False,
    line: Annotated[int | None, typer.Option(metavar="NUMBER", min=1, help="A line of it.")] = None,
    music: Annotated[bool, typer.Option("--music", help="The score of a scene.")] = False,
    ambience: Annotated[bool, typer.Option("--ambience", help="The ambience of a scene.")] = False,
    portrait: Annotated[
        bool, typer.Option("--portrait", help="What a character looks like, for models that are shown it.")
    ] = False,
    creator: Annotated[str, typer.Option(metavar="NAME", help="Who made it, for the credits.")] = "",
    source: Annotated[str, typer.Option(metavar="TEXT", help="Where it comes from.")] = "",
    licence: Annotated[str, typer.Option(metavar="SPDX", help="Such as CC-BY-4.0, or in words.")] = "",
    consent: Annotated[
        str, typer.Option(metavar="TEXT", help="That those heard or seen agreed, and how.")
    ] = "",
    people: Annotated[bool, typer.Option("--people", help="A picture or clip that shows somebody.")] = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Put your own file in place of a still, a clip, a line, a scene's music or ambience, or a portrait."""
    stems = {"still": still, "clip": clip, "music": music, "ambience": ambience, "portrait": portrait}
    stem = next((name for name, is_meant in stems.items() if is_meant), "")
    checked(lambda: _require(sum(stems.values()) + (line is not None) == 1, _WHICH_MEDIA))
    checked(lambda: _require(file is None or bool(creator and source and licence), _WHOSE_MEDIA))

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import replacing
        from filmstudio.cli.timeline import Sound

        sound = Sound(of, line or 0, stem=stem)
        if file is None:
            return await replacing.restore_media(studio, project, sound)
        brought = replacing.Brought(file, creator, source, licence, consent, people)
        return await replacing.replace_media(studio, project, sound, brought, as_json=as_json)

    at_studio(server, work, local=local)


_WHICH_MEDIA = "replace what? Give one of --still, --clip, --line, --music, --ambience and --portrait"
_WHOSE_MEDIA = "whose is it? Give --creator, --source and --licence"


def lock(
    project: ProjectName, shot: Shot, as_json: AsJson = False, server: Server = "", local: Local = False
) -> None:
    """Keep a shot as the last render made it, whatever changes."""
    _lock(project, shot, locked=True, as_json=as_json, server=server, local=local)


def unlock(
    project: ProjectName, shot: Shot, as_json: AsJson = False, server: Server = "", local: Local = False
) -> None:
    """Let a locked shot be made from the screenplay again."""
    _lock(project, shot, locked=False, as_json=as_json, server=server, local=local)


def _lock(project: str, shot: str, *, locked: bool, as_json: bool, server: str, local: bool) -> None:
    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import timeline

        return await timeline.lock_shot(studio, project, shot, locked=locked, as_json=as_json)

    at_studio(server, work, local=local)


def _edit(
    project: str, shot: str, fields: dict[str, Any], *, as_json: bool, server: str, local: bool
) -> None:
    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import timeline

        return await timeline.edit_shot(studio, project, shot, fields, as_json=as_json)

    at_studio(server, work, local=local)


def _require(holds: bool, text: str) -> None:
    from filmstudio.errors import RefusedError

    if not holds:
        raise RefusedError(text)
