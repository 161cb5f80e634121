"""The settings file beside a screenplay: options of a render that the command line need not repeat."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from filmstudio.cli.choices import Choices
from filmstudio.errors import RefusedError

SUFFIX = ".film.toml"
SETTINGS_MAX_BYTES = 64 * 1024
# What is of one render alone has no place beside a screenplay.
NO_SETTINGS = frozenset({"scenes", "shots", "budget"})
OPTION_NAMES = {"rate": "fps", "pools": "pool", "lower_thirds": "lower-thirds"}
OPTIONS: Mapping[str, str] = {
    OPTION_NAMES.get(field.name, field.name): field.name
    for field in fields(Choices)
    if field.name not in NO_SETTINGS
}
"""The field of Choices that each option of the command line fills."""


def settings_path(script: Path) -> Path:
    """Where the settings of a screenplay are: "ferry.film.toml" beside "ferry.fountain"."""
    return script.with_name(f"{script.stem}{SUFFIX}")


def with_settings(choices: Choices, script: Path) -> Choices:
    """The choices, and for what is not chosen the settings beside the screenplay.

    Raises RefusedError for a file that can't be read, and for a setting that is unknown or malformed.
    """
    path = settings_path(script)
    given = _read(path)
    unchosen = {field.name: field.default for field in fields(Choices)}
    found: dict[str, Any] = {}
    for name, value in given.items():
        field = OPTIONS.get(name)
        if field is None:
            raise RefusedError(f"{path}: {name} is no setting; there are {', '.join(OPTIONS)}")
        if getattr(choices, field) == unchosen[field]:
            found[field] = _typed(path, name, value, unchosen[field])
    filled = replace(choices, **found)
    try:
        filled.check()
    except RefusedError as refused:
        choices.check()
        raise RefusedError(f"{path}: {refused}") from refused
    return filled


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(SETTINGS_MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror}") from error
    if len(content) > SETTINGS_MAX_BYTES:
        raise RefusedError(f"{path}: over {SETTINGS_MAX_BYTES:,} bytes; settings are a few lines")
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RefusedError(f"{path}: {error}") from error


def _typed(path: Path, name: str, value: Any, default: object) -> object:
    """A setting as its option has it: numbers may stand without quotes."""
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    kind = "true or false" if isinstance(default, bool) else "a list of texts" if default == () else "a text"
    raise RefusedError(f"{path}: {name} has to be {kind}")
