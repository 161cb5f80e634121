"""film takes: the takes of a shot, listed, chosen, compared and saved."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

from filmstudio.cli.exits import Exit
from filmstudio.cli.shots import meant_shot, set_fields, value_of, words_of
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.generation.v1 import task_pb2
from filmstudio.shots.v1 import shots_pb2

COLUMNS = (
    Column("TAKE", right=True),
    Column(""),
    Column("SEED", right=True),
    Column("MADE"),
    Column("SETTINGS", yields=True),
)
DIFFERENCE_COLUMNS = (Column("SETTING"), Column("FIRST", yields=True), Column("SECOND", yields=True))
EQUAL = "They have the same settings."


async def list_takes(
    studio: FilmStudio, project: str, written: str, folder: Path | None, *, as_json: bool
) -> Exit:
    """The takes of a shot; with a folder what was made of them is written there.

    Raises FilmStudioError, OSError when the disk refuses.
    """
    shot = await meant_shot(studio, project, written)
    takes = await studio.directing.takes(shot.name)
    if folder is not None:
        return await _save(studio, takes, folder, as_json=as_json)
    if as_json:
        print_json(takes)
    else:
        print_table(COLUMNS, map(_row, takes))
    return Exit.OK


async def choose_take(studio: FilmStudio, project: str, written: str, number: int, *, as_json: bool) -> Exit:
    """Make a take the film's. Raises FilmStudioError."""
    shot = await meant_shot(studio, project, written)
    chosen = await studio.directing.choose_take(f"{shot.name}/takes/{number}", shot.etag)
    if as_json:
        print_json([chosen])
    else:
        print_table(COLUMNS, map(_row, await studio.directing.takes(shot.name)))
    return Exit.OK


async def compare_takes(
    studio: FilmStudio, project: str, written: str, first: int, second: int, *, as_json: bool
) -> Exit:
    """What differs between two takes. Raises FilmStudioError."""
    shot = await meant_shot(studio, project, written)
    compared = await studio.directing.compare_takes(shot.name, first, second)
    if as_json:
        print_json([compared])
    elif compared.differences:
        print_table(DIFFERENCE_COLUMNS, [_difference(entry) for entry in compared.differences])
    else:
        print(EQUAL)
    return Exit.OK


async def _save(studio: FilmStudio, takes: Sequence[shots_pb2.Take], folder: Path, *, as_json: bool) -> Exit:
    """Write what was made of each take as it is now."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    for take in takes:
        for artifact in (entry for entry in take.artifacts if entry.current):
            path = await studio.directing.save_artifact(artifact, folder / _plain_name(artifact.filename))
            if as_json:
                print_json([artifact])
            else:
                print(path)
    return Exit.OK


def _plain_name(filename: str) -> str:
    """The studio's name for a file as one that lies in the folder, whatever the studio says."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", filename).lstrip(".-") or "artifact"


def _row(take: shots_pb2.Take) -> Sequence[str]:
    kinds = dict.fromkeys(_kind(artifact) for artifact in take.artifacts if artifact.current)
    old = any(not artifact.current for artifact in take.artifacts)
    made = ", ".join(kinds) or ("with other settings" if old else "not yet")
    settings = [f"{words_of(field)}: {value_of(take.settings, field)}" for field in set_fields(take.settings)]
    return (
        take.name.rpartition("/")[2],
        "chosen" if take.chosen else "",
        str(take.seed),
        made,
        ", ".join(settings),
    )


def _kind(artifact: shots_pb2.TakeArtifact) -> str:
    return task_pb2.TaskKind.Name(artifact.kind).removeprefix("TASK_KIND_").lower()


def _difference(entry: shots_pb2.SettingDifference) -> Sequence[str]:
    return words_of(entry.field), entry.first or "by the studio", entry.second or "by the studio"
