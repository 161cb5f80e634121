"""film breakdown: the shots that a screenplay becomes, in a table."""

from __future__ import annotations

from collections.abc import Sequence

from filmstudio.cli import diagnostics
from filmstudio.cli.checking import checked, contents_of
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.source_lines import lines_of
from filmstudio.cli.tables import Column, Section, print_json, print_sections
from filmstudio.client import FilmStudio
from filmstudio.screenplay.v1 import screenplay_pb2

COLUMNS = (
    Column("SHOT"),
    Column("SEC", right=True),
    Column("SIZE"),
    Column("CAMERA"),
    Column("IN FRAME", yields=True),
    Column("SPEECH OR ACTION", yields=True),
)
SIZES = {"OVER_SHOULDER": "over"}


async def show_shots(studio: FilmStudio, name: str, content: bytes, language: str, *, as_json: bool) -> Exit:
    """Print the shots of a text, and what they come to. Raises FilmStudioError."""
    result = await checked(studio, name, content, language)
    if result.found is None:
        where = diagnostics.console()
        for remark in result.remarks:
            diagnostics.show(where, name, remark, lines_of(content))
        return Exit.BAD_INPUT
    if as_json:
        print_json(result.found.scenes)
        return Exit.OK
    print_sections(COLUMNS, [_section(scene) for scene in result.found.scenes])
    print(f"\n{contents_of(result.found)}")
    if result.found.characters:
        print(plain(f"speaking: {', '.join(result.found.characters)}"))
    if result.found.diagnostics:
        print(plain(f"the reader has remarks: film check {name}"))
    return Exit.OK


def _section(scene: screenplay_pb2.SceneOutline) -> Section:
    title = f"{scene.number}  {scene.heading}  {_seconds(scene.estimated_ms)} s"
    rows = [_row(f"{scene.number}.{number}", shot) for number, shot in enumerate(scene.shots, start=1)]
    return Section(title, rows)


def _row(number: str, shot: screenplay_pb2.ShotOutline) -> Sequence[str]:
    return (
        number,
        _seconds(shot.estimated_ms),
        SIZES.get(shot.size, shot.size.lower()),
        shot.move.lower().replace("_", " "),
        ", ".join(shot.characters),
        _told(shot),
    )


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f}"


def _told(shot: screenplay_pb2.ShotOutline) -> str:
    """What is said, each speaker named once, or what is seen."""
    if not shot.lines:
        return shot.action
    parts: list[str] = []
    before = ""
    for line in shot.lines:
        parts.append(line.text if line.character == before else f"{line.character}: {line.text}")
        before = line.character
    return " ".join(parts)
