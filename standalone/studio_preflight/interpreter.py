"""The Python that everything is installed for: its version, its build and its modules."""

import importlib
import os
import struct
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple, Tuple

from studio_preflight.cures import install
from studio_preflight.finding import Finding

OLDEST = (3, 11)
NEWEST = (3, 14)
# What pip and the studio import at once and a Python built by hand may lack.
MODULES = ("venv", "ensurepip", "ssl", "zlib", "ctypes")
POINTER_BYTES = 8
_REMOVE = "remove {} and run make again, which makes it anew with a Python that fits"


class Interpreter(NamedTuple):
    """One Python; `environment` is the folder of the virtual environment that it belongs to, or empty."""

    version: "Tuple[int, ...]"
    path: str
    implementation: str = "cpython"
    free_threaded: bool = False
    pointer_bytes: int = POINTER_BYTES
    missing: "Tuple[str, ...]" = ()
    environment: str = ""


def read_interpreter(modules: "Iterable[str]" = MODULES) -> Interpreter:
    """The Python that runs this, with which of the modules it lacks."""
    return Interpreter(
        version=sys.version_info[:3],
        path=sys.executable,
        implementation=sys.implementation.name,
        free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        pointer_bytes=struct.calcsize("P"),
        missing=tuple(module for module in modules if not _imports(module)),
        environment=sys.prefix if sys.prefix != sys.base_prefix else "",
    )


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def interpreter_findings(python: Interpreter, family: str) -> "Iterator[Finding]":
    """Whether wheels exist for this Python and whether it can make an environment to put them in."""
    state = f"{_dotted(python.version)} at {python.path}"
    why = _unsupported(python)
    yield Finding("python", not why, state + why, _another_python(python, family))
    for module in python.missing:
        if module in ("venv", "ensurepip"):
            yield Finding("venv", False, f"{state} has no module {module}", _venv_cure(python, family))
        else:
            yield Finding(
                "python", False, f"{state} was built without {module}", _another_python(python, family)
            )


def environment_findings(folder: Path) -> "Iterator[Finding]":
    """Whether a virtual environment that is there already still has its Python."""
    python = folder / "bin" / "python"
    if not os.path.lexists(str(python)):
        return
    try:
        ended = subprocess.call([str(python), "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        ended = 1
    if ended:
        state = f"{folder} was made with a Python that is gone: {os.path.realpath(str(python))} does not run"
        yield Finding("venv", False, state, _REMOVE.format(folder))


def _unsupported(python: Interpreter) -> str:
    if not OLDEST <= python.version[:2] <= NEWEST:
        word = "old" if python.version[:2] < OLDEST else "new"
        return f" is too {word}: {_dotted(OLDEST)} to {_dotted(NEWEST)} are supported"
    if python.implementation != "cpython":
        return f" is {python.implementation}: wheels exist for CPython only"
    if python.free_threaded:
        return " is a free-threaded build: wheels exist for the usual build only"
    if python.pointer_bytes != POINTER_BYTES:
        return f" is a {python.pointer_bytes * 8}-bit build: wheels exist for 64 bits only"
    return ""


def _another_python(python: Interpreter, family: str) -> str:
    if python.environment:
        return _REMOVE.format(python.environment)
    packages = {
        "debian": "python3.13 python3.13-venv",
        "fedora": "python3.12",
        "suse": "python312",
        "arch": "python",
        "macos": "python@3.13",
    }
    range_text = f"CPython {_dotted(OLDEST)} to {_dotted(NEWEST)}"
    command = install(family, packages, "")
    hint = f", for instance: {command}, or whichever of them the system has" if command else ""
    return f"install {range_text}{hint}; or name one that you have: make film PYTHON=/path/to/python3.12"


def _venv_cure(python: Interpreter, family: str) -> str:
    version = _dotted(python.version[:2])
    packages = {"debian": f"python{version}-venv"}
    return install(family, packages, "install the part of Python that has venv and ensurepip")


def _dotted(version: "Tuple[int, ...]") -> str:
    return ".".join(map(str, version))
