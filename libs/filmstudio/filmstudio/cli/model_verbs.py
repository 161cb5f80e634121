"""The verbs about models, which this machine's own packages carry out."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

import typer

from filmstudio.cli.running import at_studio, run
from filmstudio.errors import UnreachableError

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add_to(app: typer.Typer) -> None:
    """Add them all."""
    engines = typer.Typer(invoke_without_command=True)
    engines.callback()(_engines)
    engines.command("check", context_settings=PASSED_ON)(_check)
    app.add_typer(engines, name="engines")
    app.command("models", context_settings=PASSED_ON)(_models)


def _engines(context: typer.Context) -> None:
    """List this machine's engines: what each can do, takes and holds; for operators."""
    if context.invoked_subcommand is not None:
        return

    async def work(studio: FilmStudio, place: Place) -> int:
        from filmstudio.cli import operator

        return await operator.list_engines(studio, place)

    at_studio("", work, local=True)


def _check(context: typer.Context) -> None:
    """Load a model, a folder or a name of the hub, and make a still with it, or with --clip a clip."""
    arguments = [argument for argument in context.args if argument != "--clip"]
    is_clip = len(arguments) < len(context.args)
    module = "studio_videogen.checking" if is_clip else "studio_imagegen.checking"
    run(lambda: _passed_on(module, arguments))


def _models(context: typer.Context) -> None:
    """Fetch, pack and verify models: film models --help."""
    run(lambda: _passed_on("studio_models", context.args))


def _passed_on(module: str, arguments: list[str]) -> int:
    """The exit code of a module of this machine's. Raises UnreachableError where there is only the client."""
    if importlib.util.find_spec(module.partition(".")[0]) is None:
        raise UnreachableError("models are looked after where a studio is installed; here is only the client")
    return subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
