"""film plan: what a render would make, how long it takes and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from filmstudio.cli.choices import Choices
from filmstudio.cli.exits import Exit
from filmstudio.cli.places import Place
from filmstudio.cli.plan_view import print_plan
from filmstudio.cli.rendering import with_pools
from filmstudio.cli.scripts import title_of
from filmstudio.cli.tables import print_json
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Asked:
    """What to plan: a screenplay's `content`, or without one the project that `what` names."""

    what: str
    content: bytes
    project: str = ""
    choices: Choices = field(default_factory=Choices)
    as_json: bool = False


async def plan(studio: FilmStudio, place: Place, asked: Asked) -> Exit:
    """Ask for the plan and print it. Raises FilmStudioError."""
    options = asked.choices.options()
    title = asked.project or (title_of(asked.content, Path(asked.what)) if asked.content else asked.what)
    project = "" if _is_name(title) else await _found(studio, title, is_needed=not asked.content)
    name = title if _is_name(title) else project
    planned = await with_pools(place, lambda: studio.plan_render(name, options, asked.content))
    if asked.as_json:
        print_json([planned])
    else:
        shown = (await studio.project(name)).display_name if _is_name(title) else title
        print_plan(shown, planned)
    return Exit.OK


def _is_name(text: str) -> bool:
    return text.startswith("projects/")


async def _found(studio: FilmStudio, title: str, *, is_needed: bool) -> str:
    """The name of the project of a title; a screenplay needs none. Raises RefusedError."""
    found = await studio.find_project(title)
    if found is None and is_needed:
        raise RefusedError(
            f"{title!r} is neither a file nor a project; give a screenplay or a project's name"
        )
    return found.name if found else ""
