"""The exit codes of the film command, and which error ends it with which."""

from __future__ import annotations

from enum import IntEnum

from filmstudio.errors import (
    BusyError,
    DownloadError,
    FilmStudioError,
    RefusedError,
    SignInError,
    StudioFaultError,
    UnreachableError,
    UploadError,
)


class Exit(IntEnum):
    """What the command's exit codes mean; `film --help` says it to people."""

    OK = 0
    FAILED = 1
    BAD_INPUT = 2
    CANCELLED = 3
    UNREACHABLE = 4
    SIGN_IN = 5
    INTERRUPTED = 130


EXIT_CODES: dict[type[FilmStudioError], Exit] = {
    RefusedError: Exit.BAD_INPUT,
    SignInError: Exit.SIGN_IN,
    BusyError: Exit.UNREACHABLE,
    UnreachableError: Exit.UNREACHABLE,
    StudioFaultError: Exit.UNREACHABLE,
    DownloadError: Exit.FAILED,
    UploadError: Exit.FAILED,
}


def exit_code(error: FilmStudioError) -> Exit:
    """The exit code of an error; a subclass has its ancestor's."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), Exit.FAILED)
