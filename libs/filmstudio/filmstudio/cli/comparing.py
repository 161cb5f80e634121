"""film diff: what became of each scene between two texts of a project."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.protobuf import json_format
from rich.text import Text

from filmstudio.cli import diagnostics
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.project_names import named_project
from filmstudio.cli.revision_list import newest_revisions, number_of
from filmstudio.cli.source_lines import lines_of
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.screenplay.v1 import screenplay_pb2

UNCHANGED = screenplay_pb2.SCENE_CHANGE_KIND_UNCHANGED
SIGNS = {
    screenplay_pb2.SCENE_CHANGE_KIND_CHANGED: ("~", "yellow", "changed"),
    screenplay_pb2.SCENE_CHANGE_KIND_MOVED: (">", "cyan", "moved"),
    screenplay_pb2.SCENE_CHANGE_KIND_ADDED: ("+", "green", "added"),
    screenplay_pb2.SCENE_CHANGE_KIND_REMOVED: ("-", "red", "removed"),
    UNCHANGED: ("=", "", "unchanged"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The lines of both revisions."""

    base: Sequence[str]
    target: Sequence[str]


async def compare(studio: FilmStudio, project: str, base: int, target: int, *, as_json: bool) -> Exit:
    """Compare two revisions by number; 0: the newest, or the one before the other. Raises FilmStudioError."""
    meant = await named_project(studio, project)
    names = await _revision_names(studio, meant.name, base, target)
    found = await studio.revision_difference(*names)
    if as_json:
        print(json.dumps(json_format.MessageToDict(found)))
        return Exit.OK
    old, new = [await studio.revision(name) for name in names]
    where = diagnostics.console()
    title = f"{plain(meant.display_name)}: revision {number_of(names[0])} to {number_of(names[1])}"
    where.print(Text(title, "bold"))
    if found.title_page_changed:
        where.print(Text("~ title page", "yellow"))
    texts = Texts(lines_of(old.content), lines_of(new.content))
    for change in found.changes:
        if change.kind != UNCHANGED:
            for row in _rows(change, texts):
                where.print(row)
    where.print(Text(_summary(found)))
    return Exit.OK


async def _revision_names(studio: FilmStudio, project: str, base: int, target: int) -> tuple[str, str]:
    """Raises RefusedError where there are not two."""
    if not target:
        # One number alone is compared with the newest.
        newest = await newest_revisions(studio, project, 2)
        if not newest or (len(newest) < 2 and not base):
            raise RefusedError("the project has one text only; there is nothing to compare it with")
        target = number_of(newest[0].name)
        base = base or number_of(newest[1].name)
    if not base or base == target:
        raise RefusedError("give two different revisions; film revisions lists them")
    return f"{project}/revisions/{base}", f"{project}/revisions/{target}"


def _rows(change: screenplay_pb2.SceneChange, texts: Texts) -> Iterator[Text]:
    sign, colour, _ = SIGNS[change.kind]
    scene = change.target if change.HasField("target") else change.base
    heading = plain(scene.heading) or "(before the first scene)"
    row = Text(f"{sign} {scene.number:>3}  {heading}", f"bold {colour}")
    if change.kind == screenplay_pb2.SCENE_CHANGE_KIND_MOVED:
        row.append(f"  from {change.base.ordinal} to {change.target.ordinal}", "not bold")
    yield row
    for lines in change.line_changes:
        yield Text(f"       {_place(lines)}", "dim")
        yield from _quoted("-", texts.base, lines.base_line_first, lines.base_line_last)
        yield from _quoted("+", texts.target, lines.target_line_first, lines.target_line_last)


def _place(lines: screenplay_pb2.LineChange) -> str:
    """ "line 9", "lines 9-11, now 9-12", "new lines 9-12"."""
    old = _range(lines.base_line_first, lines.base_line_last)
    new = _range(lines.target_line_first, lines.target_line_last)
    if old and new and old != new:
        return f"line {old}, now {new}"
    return f"line {old}" if old else f"new line {new}"


def _range(first: int, last: int) -> str:
    return "" if not first else str(first) if first == last else f"{first}-{last}"


def _quoted(sign: str, lines: Sequence[str], first: int, last: int) -> Iterator[Text]:
    style = "red" if sign == "-" else "green"
    if first:
        for line in lines[first - 1 : last]:
            yield Text(f"     {sign} {plain(line)}".rstrip(), style)


def _summary(found: screenplay_pb2.DiffScreenplayRevisionsResponse) -> str:
    counts = Counter(change.kind for change in found.changes)
    scenes = ", ".join(f"{counts[kind]} {word}" for kind, (_, _, word) in SIGNS.items() if counts[kind])
    return f"{scenes or 'no scenes'}"
