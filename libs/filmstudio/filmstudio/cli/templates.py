"""film templates and film new: a screenplay to start from, with the settings that suit it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from google.protobuf import json_format

from filmstudio.cli.choices import MILLILUFS
from filmstudio.cli.converting import write_whole
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.script_settings import settings_path
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.jobs.v1 import jobs_pb2

COLUMNS = (
    Column("TEMPLATE"),
    Column("SIZE"),
    Column("FPS", right=True),
    Column("WHAT IT MAKES", yields=True),
)
TITLE_LINE = re.compile(rb"^Title:[^\n]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class New:
    """What to write and where to; an empty title is made of the file's name."""

    template: str
    output: Path
    title: str = ""
    as_json: bool = False


async def list_templates(studio: FilmStudio, *, as_json: bool) -> Exit:
    """Print the templates. Raises FilmStudioError."""
    found = await studio.templates()
    if as_json:
        print_json(found)
        return Exit.OK
    rows = [
        (
            template.name.removeprefix("templates/"),
            _size(template.options),
            _rate(template.options),
            template.description,
        )
        for template in found
    ]
    print_table(COLUMNS, rows)
    return Exit.OK


async def write_new(studio: FilmStudio, new: New) -> Exit:
    """Write the screenplay and its settings. Raises FilmStudioError, OSError."""
    template = await studio.template(f"templates/{new.template}")
    title = new.title or _title_of(new.output)
    content = TITLE_LINE.sub(f"Title: {title}".encode().replace(b"\\", rb"\\"), template.content, count=1)
    settings = settings_path(new.output)
    write_whole(settings, _settings(template.options, new.output).encode())
    write_whole(new.output, content)
    if new.as_json:
        written = {"template": template.name, "path": str(new.output), "settings": str(settings)}
        print(json.dumps({**written, "options": json_format.MessageToDict(template.options)}))
    else:
        print(plain(f"{new.output}: {template.display_name}, {template.description}"))
        print(plain(f"{settings}: {_size(template.options)}, {_rate(template.options)} frames a second"))
        print(plain(f"next: film render {new.output} --watch --open"))
    return Exit.OK


def _title_of(path: Path) -> str:
    """ "The last ferry" of "the-last_ferry.fountain"."""
    words = " ".join(re.split(r"[-_\s]+", path.stem)).strip()
    return words[:1].upper() + words[1:]


def _settings(options: jobs_pb2.RenderOptions, script: Path) -> str:
    return "\n".join(
        [
            f"# What film render {script.name} takes when its command line says nothing else.",
            f'size = "{_size(options)}"',
            f'fps = "{_rate(options)}"',
            f'loudness = "{options.loudness_target_millilufs / MILLILUFS:g}"',
            "",
        ]
    )


def _size(options: jobs_pb2.RenderOptions) -> str:
    return f"{options.size.width_px}x{options.size.height_px}"


def _rate(options: jobs_pb2.RenderOptions) -> str:
    rate = options.rate
    return str(rate.numerator) if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"
