"""What each image installs from elsewhere, and which packages of ours: written as files for pip.

Usage: python requirements.py FOLDER [EXTRAS]    in a folder with libs/ and services/, by their pyproject.toml

Writes shared.txt (what every service needs), and for each service SERVICE.txt (what it needs besides) and
SERVICE.own.txt (our packages). EXTRAS, with commas between, are optional dependencies of the generators and
of our packages that they need.
"""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

SHARED = "studio-platform"
GENERATORS = ("imagegen", "videogen", "audiogen")
SERVICES = ("gateway", "jobs", "composer", *GENERATORS)

Project = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Write the files and return the process's exit code."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    extras = tuple(name for name in "".join(arguments[1:]).split(",") if name)
    projects = read_projects(Path())
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files_of(projects, extras).items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    shutil.copy("constraints.txt", folder)
    return 0


def read_projects(root: Path) -> dict[str, Project]:
    """Our packages: name -> the table [project] of its pyproject.toml."""
    files = sorted([*root.glob("libs/*/pyproject.toml"), *root.glob("services/*/pyproject.toml")])
    tables = [tomllib.loads(file.read_text(encoding="utf-8"))["project"] for file in files]
    return {table["name"]: table for table in tables}


def files_of(projects: dict[str, Project], extras: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """The name of each file with its lines. Raises ValueError for an extra that no generator has."""
    services = [name.removeprefix("studio-") for name in projects if _is_service(name)]
    offered = {name for service in GENERATORS for name in _optional(projects, f"studio-{service}")}
    unknown = [name for name in extras if name not in offered]
    if unknown:
        raise ValueError(f"no generator has the extra {unknown[0]}; there are {', '.join(sorted(offered))}")
    shared = foreign_of(projects, SHARED)
    files = {"shared.txt": shared}
    for service in services:
        package = f"studio-{service}"
        optional = _optional(projects, package) if service in GENERATORS else {}
        more = [line for name in extras for line in optional.get(name, ())]
        needed = dict.fromkeys([*foreign_of(projects, package), *more])
        files[f"{service}.txt"] = [line for line in needed if line not in shared]
        files[f"{service}.own.txt"] = own_of(projects, package)
    return files


def _optional(projects: dict[str, Project], package: str) -> dict[str, list[str]]:
    """Extra to the requirements on others' packages, of one of ours and of all of ours that it needs.

    An extra that asks for one of ours asks for the extra of the same name there, which is among these.
    """
    found: dict[str, list[str]] = {}
    for own in own_of(projects, package):
        for extra, lines in projects[own].get("optional-dependencies", {}).items():
            found.setdefault(extra, []).extend(line for line in lines if _name(line) not in projects)
    return found


def own_of(projects: dict[str, Project], package: str) -> list[str]:
    """Our packages that one of them needs, and it itself, in the order in which they are found."""
    found = [package]
    for name in found:
        found += [needed for needed in map(_name, projects[name]["dependencies"]) if needed in projects]
    return list(dict.fromkeys(found))


def foreign_of(projects: dict[str, Project], package: str) -> list[str]:
    """The requirements on others' packages of one of ours and of all of ours that it needs."""
    lines = [line for own in own_of(projects, package) for line in projects[own]["dependencies"]]
    return list(dict.fromkeys(line for line in lines if _name(line) not in projects))


def _is_service(name: str) -> bool:
    return name.removeprefix("studio-") in SERVICES


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    if found is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return found.group()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
