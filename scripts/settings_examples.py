"""Write each `.env.example` from its `settings.py`, or check that all are current.

Usage: settings_examples.py [--check]

A service's settings are a class, which describes itself. The standalone studio and the client read their few
variables without one, to stay small; there the docstring of `read_settings` describes them, and names all.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType

from studio_platform.settings import StudioSettings, describe

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("gateway", "jobs", "imagegen", "videogen", "audiogen", "composer")
LINE_LENGTH = 110
_STANDALONE_HEAD = """\
# Settings of the studio on one machine; written from settings.py, not by hand.
#
# The services that it starts read this environment too: what services/*/.env.example names may stand here,
# except what the studio chooses itself: addresses, accounts, keys, folders, log format and drain grace.
"""
_CLIENT_HEAD = "# Settings of the film command and the client; written from settings.py, not by hand.\n"
_VARIABLE = re.compile(r"^(FILM_[A-Z0-9_]+): ", re.MULTILINE)
_VARIABLE_IN_CODE = re.compile(r'"(FILM_[A-Z0-9_]+)"')


class UndescribedError(Exception):
    """Settings that don't say what they are, in words for who changed them."""


def examples() -> dict[Path, str]:
    """The text of every example by its file. Raises UndescribedError."""
    texts = {ROOT / "services" / name / ".env.example": _service_example(name) for name in SERVICES}
    standalone = importlib.import_module("studio_standalone.settings")
    texts[ROOT / "standalone" / ".env.example"] = plain_example(standalone, _STANDALONE_HEAD)
    client = importlib.import_module("filmstudio.settings")
    texts[ROOT / "libs" / "filmstudio" / ".env.example"] = plain_example(client, _CLIENT_HEAD)
    return texts


def settings_of(service: str) -> type[StudioSettings]:
    """The settings class of a service."""
    module = importlib.import_module(f"studio_{service}.settings")
    settings: type[StudioSettings] = getattr(module, f"{service.capitalize()}Settings")
    return settings


def _service_example(service: str) -> str:
    settings = settings_of(service)
    undescribed = [field for field, info in settings.model_fields.items() if not info.description]
    if undescribed:
        raise UndescribedError(f"{settings.__name__}.{undescribed[0]} has no description")
    return describe(settings)


def plain_example(module: ModuleType, head: str) -> str:
    """The example of settings that `read_settings` reads itself, from its docstring.

    Raises UndescribedError when code and docstring don't name the same variables.
    """
    text = inspect.cleandoc(module.read_settings.__doc__ or "")
    _, *parts = _VARIABLE.split(text)
    entries = dict(zip(parts[::2], parts[1::2], strict=True))
    differing = set(_VARIABLE_IN_CODE.findall(inspect.getsource(module))) ^ set(entries)
    if differing:
        raise UndescribedError(
            f"{module.__name__}.read_settings: {min(differing)} must be in its code and in its docstring"
        )
    return "\n".join([head, *(_entry(name, " ".join(words.split())) for name, words in entries.items())])


def _entry(name: str, description: str) -> str:
    sentence = description[0].upper() + description[1:]
    lines = textwrap.wrap(sentence, LINE_LENGTH, initial_indent="# ", subsequent_indent="# ")
    return "\n".join([*lines, f"# {name}=", ""])


def stale(texts: dict[Path, str]) -> list[str]:
    """The examples that are missing or differ, and those of nothing, as paths in the checkout."""
    kept = {path: path.read_text("utf-8") for path in _present()}
    return sorted(
        str(path.relative_to(ROOT)) for path in {*texts, *kept} if texts.get(path) != kept.get(path)
    )


def _present() -> list[Path]:
    folders = [*(ROOT / "services").iterdir(), *(ROOT / "libs").iterdir(), ROOT / "standalone"]
    return [folder / ".env.example" for folder in folders if (folder / ".env.example").is_file()]


def main() -> int:
    """Run as a command; 1 when --check finds drift or settings don't describe themselves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something is stale")
    options = parser.parse_args()
    try:
        texts = examples()
    except UndescribedError as error:
        print(f"settings example: {error}", file=sys.stderr)
        return 1
    if options.check:
        for name in (names := stale(texts)):
            print(f"stale settings example: {name}; run python scripts/settings_examples.py", file=sys.stderr)
        return 1 if names else 0
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
