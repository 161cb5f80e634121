"""Runs a verb; every expected error becomes one line and an exit code. Light: what is heavy loads in it."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from filmstudio.cli.exits import Exit, exit_code
from filmstudio.cli.plain import plain
from filmstudio.errors import FilmStudioError, SignInError

if TYPE_CHECKING:
    from filmstudio.cli.places import Place
    from filmstudio.client import FilmStudio
    from filmstudio.session import TokenSource

T = TypeVar("T")
AtStudio = Callable[["FilmStudio", "Place"], Coroutine[Any, Any, int]]


def at_studio(server: str, work: AtStudio, *, local: bool) -> NoReturn:
    """Do the work at the studio that is meant, starting this machine's own if that is the one."""
    run(lambda: _at_studio(server, work, local=local))


def run(work: Callable[[], int]) -> NoReturn:
    """Do the work and end the process with its exit code."""
    raise SystemExit(int(checked(work)))


def checked(work: Callable[[], T]) -> T:
    """What the work returns; an expected error ends the process with one line and its exit code."""
    _write_anything()
    try:
        return work()
    except FilmStudioError as error:
        code = _said(str(error), exit_code(error))
    except BrokenPipeError:
        # Whoever read has enough; the interpreter's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        code = _said(f"{where}{error.strerror or error}", Exit.FAILED)
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            # Behind the terminal's ^C.
            print(file=sys.stderr)
        code = _said("interrupted", Exit.INTERRUPTED)
    raise SystemExit(int(code))


def _at_studio(server: str, work: AtStudio, *, local: bool) -> int:
    there = _place(server, local=local)
    import asyncio

    from filmstudio.calls import AWAY_MAX_SECONDS, Patience
    from filmstudio.client import connect

    tokens, remedy = _tokens(there)
    # What supervises this machine's studio brings a lost service back.
    patience = Patience(first_seconds=AWAY_MAX_SECONDS) if there.is_local else Patience()

    async def connected() -> int:
        async with connect(there.server, tokens, patience, there.ca_file, there.workspace) as studio:
            return await work(studio, there)

    try:
        return asyncio.run(connected())
    except SignInError as error:
        raise SignInError(f"{error}; {remedy}", error.cause) from error


def _place(server: str, *, local: bool) -> Place:
    from filmstudio.cli.local_studio import LocalStart
    from filmstudio.cli.places import Which

    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    place = Which(server, local).place()
    if place is not None:
        return place
    with LocalStart() as starting:
        # It is heavy, and loads while the studio starts.
        importlib.import_module("filmstudio.client")
        return starting.place()


def _tokens(place: Place) -> tuple[TokenSource, str]:
    """What signs the calls, and what helps when it is refused."""
    from filmstudio.kept_session import KeptTokens, SessionFile
    from filmstudio.session import ApiKey
    from filmstudio.settings import read_settings

    if api_key := read_settings().api_key:
        return ApiKey(api_key), "make another: film keys new NAME"
    file = SessionFile(place.session_file)
    return KeptTokens(file, str(place.server), place.account), place.sign_in


def _write_anything() -> None:
    """A terminal that lacks a title's letters gets question marks, and the command no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _said(text: str, code: Exit) -> Exit:
    """A text may be empty: then it was said already."""
    if text:
        print(f"film: {plain(text)}", file=sys.stderr)
    return code
