"""film shots, film shot and film retake: what was edited of single shots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from filmstudio.cli.exits import Exit
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import task_pb2
from filmstudio.shots.v1 import shots_pb2

COLUMNS = (
    Column("SHOT"),
    Column("TAKE"),
    Column("SECONDS", right=True),
    Column("CAMERA"),
    Column("SPEAKER"),
    Column("EDITED", yields=True),
    Column("NOTE"),
    Column("ACTION", yields=True),
)
DETAIL_COLUMNS = (Column("SETTING"), Column("VALUE", yields=True), Column(""))
NO_SHOTS = "This project's screenplay has no shots yet."
NO_EDITS = "No shot of this project was edited."

FIELDS = tuple(field.name for field in shots_pb2.TakeSettings.DESCRIPTOR.fields)


async def list_shots(studio: FilmStudio, project: str, *, only_edited: bool, as_json: bool) -> Exit:
    """The shots of a project, or those that were edited. Raises FilmStudioError."""
    shots = await studio.directing.shots((await named_project(studio, project)).name)
    if only_edited:
        shots = [shot for shot in shots if set_fields(shot.settings) or shot.take_count > 1]
    return _listed(shots, NO_EDITS if only_edited else NO_SHOTS, as_json=as_json)


async def show_shot(studio: FilmStudio, project: str, written: str, *, as_json: bool) -> Exit:
    """One shot and its settings. Raises FilmStudioError."""
    return _shown(await meant_shot(studio, project, written), as_json=as_json)


async def edit_shot(
    studio: FilmStudio, project: str, written: str, fields: Mapping[str, Any], *, as_json: bool
) -> Exit:
    """Edit settings of a shot's chosen take. Raises FilmStudioError."""
    shot = await meant_shot(studio, project, written)
    settings = shots_pb2.TakeSettings(**fields)
    edited = await studio.directing.update_shot(shot.name, settings, fields, shot.etag)
    return _shown(edited, as_json=as_json)


async def retake_shot(
    studio: FilmStudio, project: str, written: str, fields: Mapping[str, Any], *, as_json: bool
) -> Exit:
    """Add a take that differs in these settings, and choose it. Raises FilmStudioError."""
    shot = await meant_shot(studio, project, written)
    settings = shots_pb2.TakeSettings(**fields)
    retaken = await studio.directing.retake_shot(shot.name, settings, fields, shot.etag)
    return _shown(retaken, as_json=as_json)


async def meant_shot(studio: FilmStudio, project: str, written: str) -> shots_pb2.Shot:
    """The shot of "3.2", its scene and number, or of an id. Raises RefusedError for another number."""
    shots = await studio.directing.shots((await named_project(studio, project)).name)
    wanted = written.strip().rpartition("/")[2]
    found = [shot for shot in shots if wanted in (shot.display_name, id_of(shot))]
    if not found:
        known = ", ".join(_labels(shots))
        raise RefusedError(f"no shot is called {written!r}; this project has {known or 'none'}")
    if len(found) > 1:
        raise RefusedError(f"{written} names several shots: {', '.join(map(id_of, found))}; give an id")
    return found[0]


def _labels(shots: Sequence[shots_pb2.Shot]) -> Iterable[str]:
    """The first and the last, or all where they are few."""
    labels = [shot.display_name for shot in shots]
    return labels if len(labels) <= 6 else [*labels[:3], "...", labels[-1]]


def id_of(shot: shots_pb2.Shot) -> str:
    """The id in its name."""
    return shot.name.rpartition("/")[2]


def set_fields(settings: shots_pb2.TakeSettings) -> list[str]:
    """The names of the settings that are set."""
    return [field for field in FIELDS if getattr(settings, field)]


def words_of(field: str) -> str:
    """A setting's name as people read it."""
    return field.removesuffix("_ms").replace("_", " ")


def value_of(settings: shots_pb2.TakeSettings, field: str) -> str:
    """A setting as people read it."""
    value = getattr(settings, field)
    if field == "camera_move":
        return move_name(value)
    if field == "duration_ms":
        return f"{value / 1000:g} s" if value else ""
    return str(value or "").removeprefix("pools/")


def move_name(move: task_pb2.CameraMove.ValueType) -> str:
    """ "push-in"; nothing for none."""
    return (
        task_pb2.CameraMove.Name(move).removeprefix("CAMERA_MOVE_").replace("_", "-").lower() if move else ""
    )


def _listed(shots: Sequence[shots_pb2.Shot], none: str, *, as_json: bool) -> Exit:
    if as_json:
        print_json(shots)
    elif shots:
        print_table(COLUMNS, map(_row, shots))
    else:
        print(none)
    return Exit.OK


def _row(shot: shots_pb2.Shot) -> Sequence[str]:
    settings = shot.settings
    length_ms = settings.duration_ms or shot.estimated_ms
    return (
        shot.display_name,
        _take_words(shot) if shot.take_count > 1 else "",
        f"{length_ms / 1000:.1f}" if length_ms else "",
        move_name(settings.camera_move or shot.suggested_move),
        shot.speaker,
        ", ".join(map(words_of, set_fields(settings))),
        "" if shot.in_screenplay else "not in the newest revision",
        shot.action,
    )


def _take_words(shot: shots_pb2.Shot) -> str:
    """ "take 3 (of 2)": numbers of takes that were undone are not given again."""
    number = shot.chosen_take.rpartition("/")[2]
    return f"take {number} (of {shot.take_count})" if shot.take_count > 1 else f"take {number}"


def _shown(shot: shots_pb2.Shot, *, as_json: bool) -> Exit:
    if as_json:
        print_json([shot])
        return Exit.OK
    told = f": {shot.action or shot.speaker}" if shot.action or shot.speaker else ""
    print(f"shot {shot.display_name}, {_take_words(shot)}{told}")
    rows = [
        (words_of(field), value_of(shot.settings, field), "edited") for field in set_fields(shot.settings)
    ]
    if not shot.settings.duration_ms and shot.estimated_ms:
        rows.append(("duration", f"{shot.estimated_ms / 1000:g} s", "by the text"))
    if not shot.settings.camera_move and shot.suggested_move:
        rows.append(("camera move", move_name(shot.suggested_move), "by the text"))
    if rows:
        print_table(DETAIL_COLUMNS, rows)
    return Exit.OK
