"""film history, undo, redo and restore: who changed what of a project."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing

from filmstudio.cli.durations import age
from filmstudio.cli.exits import Exit
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.cli.workspaces import names_of_users
from filmstudio.client import FilmStudio
from filmstudio.edits.v1 import edits_pb2

COLUMNS = (
    Column("EDIT", right=True),
    Column("AGE", right=True),
    Column("BY"),
    Column(""),
    Column("WHAT", yields=True),
    Column("NEXT"),
)
NOTHING_YET = "Nothing of this project was edited yet."

_WORDS = {
    edits_pb2.EDIT_ACTION_UNDO: "undid",
    edits_pb2.EDIT_ACTION_REDO: "redid",
    edits_pb2.EDIT_ACTION_RESTORE: "restored",
}


async def list_history(studio: FilmStudio, project: str, limit: int, *, as_json: bool) -> Exit:
    """The newest edits of a project. Raises FilmStudioError."""
    name = (await named_project(studio, project)).name
    found: list[edits_pb2.Edit] = []
    nexts: dict[str, str] = {}
    async with aclosing(studio.directing.edit_pages(name, limit)) as pages:
        async for page in pages:
            nexts |= {page.undo_target: "undo", page.redo_target: "redo"}
            found += page.edits
            if len(found) >= limit:
                break
    if as_json:
        print_json(found[:limit])
    elif found:
        names = await _names(studio, {edit.author for edit in found[:limit]})
        print_table(COLUMNS, [_row(edit, names, nexts) for edit in found[:limit]])
    else:
        print(NOTHING_YET)
    return Exit.OK


async def _names(studio: FilmStudio, authors: set[str]) -> dict[str, str]:
    """What to call the authors; who left the workspace has no name."""
    me = (await studio.me()).name
    others = await names_of_users(studio) if authors - {me} else {}
    return {**others, me: "you"}


async def undo(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """Take back the newest edit that is not undone. Raises FilmStudioError."""
    name = (await named_project(studio, project)).name
    return _said(await studio.directing.undo(name, await _newest(studio, name)), as_json=as_json)


async def redo(studio: FilmStudio, project: str, *, as_json: bool) -> Exit:
    """Do again what the newest undo took back. Raises FilmStudioError."""
    name = (await named_project(studio, project)).name
    return _said(await studio.directing.redo(name, await _newest(studio, name)), as_json=as_json)


async def restore(studio: FilmStudio, project: str, number: int, *, as_json: bool) -> Exit:
    """Bring all to how it was after an edit, 0 for before the first. Raises FilmStudioError."""
    name = (await named_project(studio, project)).name
    edit = f"{name}/edits/{number}" if number else ""
    restored = await studio.directing.restore(name, edit, await _newest(studio, name))
    return _said(restored, as_json=as_json)


async def _newest(studio: FilmStudio, project: str) -> str:
    """The newest edit's name: sent along, so that a call whose answer was lost does nothing twice."""
    async with aclosing(studio.directing.edit_pages(project, 1)) as pages:
        async for page in pages:
            return page.edits[0].name if page.edits else ""
    return ""


def _said(edit: edits_pb2.Edit, *, as_json: bool) -> Exit:
    if as_json:
        print_json([edit])
    else:
        print(f"{_WORDS[edit.action]}: {edit.summary}")
    return Exit.OK


def _row(edit: edits_pb2.Edit, names: Mapping[str, str], nexts: Mapping[str, str]) -> Sequence[str]:
    word = _WORDS.get(edit.action, "")
    target = number_of(edit.target) if edit.target else ""
    return (
        number_of(edit.name),
        age(time.time() - edit.create_time.ToSeconds()),
        names.get(edit.author, "somebody"),
        f"{word} {target}".strip(),
        edit.summary,
        nexts.get(edit.name, ""),
    )


def number_of(name: str) -> str:
    """The number of "projects/{uuid}/edits/{number}"."""
    return name.rpartition("/")[2]
