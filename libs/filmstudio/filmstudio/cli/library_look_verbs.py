"""The verbs of film library for what films have as a whole: what each takes."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filmstudio.cli.options import AsJson, Local, Server
from filmstudio.cli.running import at_studio, checked

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

EntryName = Annotated[str, typer.Argument(metavar="ENTRY", help="As film library list says it.")]
Creator = Annotated[str, typer.Option(metavar="NAME", help="Who made the files, for the credits.")]
Source = Annotated[str, typer.Option(metavar="TEXT", help="Where the files come from.")]
Licence = Annotated[str, typer.Option(metavar="SPDX", help="Such as CC-BY-4.0, or in words.")]
Consent = Annotated[str, typer.Option(metavar="TEXT", help="That those heard or seen agreed, and how.")]
People = Annotated[bool, typer.Option("--people", help="Somebody can be heard or seen in them.")]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="FIELD", help="Leave this out; may be repeated.")
]
WHOSE = "whose is it? Give --creator, --source and --licence"


class Font(Enum):
    """A font of captions."""

    SANS = "sans"
    SERIF = "serif"
    BRAND = "brand"


class Position(Enum):
    """Where captions stand."""

    BOTTOM = "bottom"
    TOP = "top"
    MIDDLE = "middle"


class Corner(Enum):
    """Where a logo stands in the pictures."""

    NONE = "none"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


def add_to(library: typer.Typer) -> None:
    """The verbs."""
    for name, verb in (("caption-style", caption_style), ("brand-kit", brand_kit), ("music", music)):
        library.command(name)(verb)


def caption_style(
    entry: EntryName,
    font: Annotated[Font | None, typer.Option(help="brand is that of the project's brand kit.")] = None,
    size: Annotated[
        int | None, typer.Option(metavar="PERMILLE", help="Of the picture's height, 30 to 100.")
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="COLOUR", help="Of letters, such as #FFFFFF.")] = None,
    outline: Annotated[str | None, typer.Option(metavar="COLOUR", help="Around letters.")] = None,
    outline_width: Annotated[
        int | None, typer.Option(metavar="PERMILLE", help="Of the letters' size, 40 to 150; 0 for none.")
    ] = None,
    box: Annotated[str | None, typer.Option(metavar="COLOUR", help="Behind letters.")] = None,
    box_opacity: Annotated[
        int | None, typer.Option(metavar="PERCENT", help="How much the box hides, 50 to 100; 0 for no box.")
    ] = None,
    position: Annotated[Position | None, typer.Option(help="Where they stand.")] = None,
    margin: Annotated[
        int | None, typer.Option(metavar="PERMILLE", help="To the edge, of the picture's height, 20 to 250.")
    ] = None,
    lines: Annotated[int | None, typer.Option(metavar="NUMBER", help="At a time, 1 to 3.")] = None,
    characters: Annotated[int | None, typer.Option(metavar="NUMBER", help="A line, 16 to 60.")] = None,
    burned_in: Annotated[
        bool | None, typer.Option("--burned-in/--not-burned-in", help="Draw them into the pictures, too.")
    ] = None,
    without: Without = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Add a caption style, or a new version of it; what is not given stays as it is there."""
    options = {
        "font": font.value if font else None,
        "size_permille": size,
        "text_colour": text,
        "outline_colour": outline,
        "outline_permille": outline_width,
        "box_colour": box,
        "box_opacity_percent": box_opacity,
        "margin_permille": margin,
        "max_lines": lines,
        "line_max_characters": characters,
        "burned_in": burned_in,
    }
    if position is not None:
        from filmstudio.cli.library_looks import position_of

        options["position"] = position_of(position.value)
    _add(entry, "caption_style", options, {}, None, without, as_json=as_json, server=server, local=local)


def brand_kit(
    entry: EntryName,
    logo: Annotated[Path | None, typer.Option(metavar="FILE", help="PNG, JPEG or WebP.")] = None,
    title_font: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TTF or OTF, for headlines.")
    ] = None,
    text_font: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TTF or OTF, for other lines and captions.")
    ] = None,
    ground: Annotated[str | None, typer.Option(metavar="COLOUR", help="Of cards, such as #141826.")] = None,
    text: Annotated[str | None, typer.Option(metavar="COLOUR", help="Of letters.")] = None,
    accent: Annotated[str | None, typer.Option(metavar="COLOUR", help="Of rules.")] = None,
    end_text: Annotated[str | None, typer.Option(metavar="TEXT", help="At the film's end.")] = None,
    end_seconds: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long the end card shows, 1 to 10.")
    ] = None,
    end_logo: Annotated[
        bool | None, typer.Option("--end-logo/--no-end-logo", help="Whether the logo is on the end card.")
    ] = None,
    corner: Annotated[Corner | None, typer.Option(help="Where the logo stands in all pictures.")] = None,
    corner_width: Annotated[
        int | None, typer.Option(metavar="PERMILLE", help="Of the picture's width, 30 to 300.")
    ] = None,
    corner_opacity: Annotated[int | None, typer.Option(metavar="PERCENT", help="10 to 100.")] = None,
    creator: Creator = "",
    source: Source = "",
    licence: Licence = "",
    consent: Consent = "",
    people: People = False,
    without: Without = None,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Add a brand kit, or a new version of it; what is not given stays as it is there."""
    options = {
        "ground_colour": ground,
        "text_colour": text,
        "accent_colour": accent,
        "end_text": end_text,
        "end_card_ms": round(end_seconds * 1000) if end_seconds is not None else None,
        "end_card_without_logo": None if end_logo is None else not end_logo,
        "watermark_width_permille": corner_width,
        "watermark_opacity_percent": corner_opacity,
    }
    if corner is not None:
        from filmstudio.cli.library_looks import corner_of

        options["watermark_corner"] = corner_of(corner.value)
    given = {"logo": logo, "title_font": title_font, "text_font": text_font}
    files = {name: file for name, file in given.items() if file is not None}
    whose = (creator, source, licence, consent, people)
    _add(entry, "brand_kit", options, files, whose, without, as_json=as_json, server=server, local=local)


def music(
    entry: EntryName,
    file: Annotated[Path, typer.Argument(help="WAV, FLAC or MP3, at most 3 MB.")],
    creator: Creator = "",
    source: Source = "",
    licence: Licence = "",
    consent: Consent = "",
    people: People = False,
    as_json: AsJson = False,
    server: Server = "",
    local: Local = False,
) -> None:
    """Add a piece of music, or a new version of it."""
    whose = (creator, source, licence, consent, people)
    _add(entry, "music", {}, {"file": file}, whose, None, as_json=as_json, server=server, local=local)


def _add(
    entry: str,
    kind: str,
    options: dict[str, Any],
    files: dict[str, Path],
    whose: tuple[str, str, str, str, bool] | None,
    without: list[str] | None,
    *,
    as_json: bool,
    server: str,
    local: bool,
) -> None:
    fields = {name: value for name, value in options.items() if value is not None}
    left_out = [name.replace("-", "_") for name in without or []]
    creator, source, licence, consent, people = whose or ("", "", "", "", False)

    def look_at() -> None:
        from filmstudio.errors import RefusedError

        if files and not (creator and source and licence):
            raise RefusedError(WHOSE)

    checked(look_at)

    async def work(studio: FilmStudio, _: Place) -> int:
        from filmstudio.cli import library_looks

        made_by = library_looks.Whose(creator, source, licence, consent, people)
        return await library_looks.add_look(
            studio, entry, kind, fields, files, made_by, without=left_out, as_json=as_json
        )

    at_studio(server, work, local=local)
