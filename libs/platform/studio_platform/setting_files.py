"""Settings from files: FILM_X_FILE names a file whose text is FILM_X, as orchestrators mount secrets.

A file that changes ends the process in good order, so that whoever supervises it starts it with the new text.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

FILE_MAX_BYTES = 64 * 1024
LOOK_SECONDS = 10.0
SPREAD_SECONDS_MAX = 30.0
"""Replicas have the same files; they shouldn't all be away at once."""


class SettingFileError(ValueError):
    """A setting's file that can't be used; the text names the variable and not what the file holds."""


def files_of(settings_class: type[BaseSettings], environment: Mapping[str, str]) -> dict[str, Path]:
    """Field to the file that its variable names, of the fields that have one."""
    prefix = settings_class.model_config.get("env_prefix", "")
    named = {
        name: environment.get(f"{prefix}{name.upper()}_FILE", "") for name in settings_class.model_fields
    }
    return {name: Path(path) for name, path in named.items() if path}


def files_named(settings_class: type[BaseSettings]) -> dict[str, Path]:
    """The same of this process's environment."""
    return files_of(settings_class, os.environ)


class SettingFiles(PydanticBaseSettingsSource):
    """The source of what FILM_X_FILE variables name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not asked by `__call__`."""
        raise NotImplementedError

    def __call__(self) -> dict[str, Any]:
        """Field to the file's text, without a line's end.

        Raises SettingFileError for a file that is missing or large, or a setting that is given twice.
        """
        prefix = self.config.get("env_prefix", "")
        values = {}
        for name, path in files_named(self.settings_cls).items():
            variable = f"{prefix}{name.upper()}"
            if os.environ.get(variable):
                raise SettingFileError(f"{variable} and {variable}_FILE are both set: keep one")
            values[name] = _text(path, f"{variable}_FILE")
        return values


def _text(path: Path, variable: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
        if len(content) > FILE_MAX_BYTES:
            raise SettingFileError(f"{variable}: {path} has more than {FILE_MAX_BYTES} bytes")
        return content.decode().rstrip("\r\n")
    except OSError as error:
        raise SettingFileError(f"{variable}: {path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingFileError(f"{variable}: {path} is not UTF-8") from error


async def file_changed(
    files: Mapping[str, Path],
    first: Mapping[str, bytes],
    look_seconds: float = LOOK_SECONDS,
    spread_seconds_max: float = SPREAD_SECONDS_MAX,
) -> str:
    """Waits until a file's digest is not the `first`, and a while by chance; the field whose file it is."""
    while True:
        await asyncio.sleep(look_seconds)
        now = await asyncio.to_thread(digests, files)
        changed = [name for name in files if now[name] and now[name] != first[name]]
        if changed:
            await asyncio.sleep(random.uniform(0, spread_seconds_max))  # noqa: S311 - no secret
            return changed[0]


def digests(files: Mapping[str, Path]) -> dict[str, bytes]:
    """Field to what its file's text hashes to; empty while there is none, as in the middle of a change."""
    return {name: _digest(path) for name, path in files.items()}


def _digest(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b""
