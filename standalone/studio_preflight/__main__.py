"""Looks at this machine and prints all faults at once, each with its cure; exits 1 when there is one.

Run by make before anything is installed: python -m studio_preflight --root . --stamp .venv/run [--film]
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Iterable, Iterator, List

from studio_preflight.cures import read_family
from studio_preflight.finding import Finding
from studio_preflight.folders import folder_findings, read_checkout, read_home
from studio_preflight.home import studio_home
from studio_preflight.interpreter import MODULES, environment_findings, interpreter_findings, read_interpreter
from studio_preflight.mounts import read_mounts
from studio_preflight.network import Connection, network_findings
from studio_preflight.pip_settings import read_pip_settings
from studio_preflight.system import read_system, system_findings

# What a set-up is made from; a stamp that is older than one of them is stale, as make sees it.
_PINS = ("constraints.txt", "libs/*/pyproject.toml", "services/*/pyproject.toml", "standalone/pyproject.toml")
_VOICES = Path(".assets/kokoro/NOTICE")
_VOICES_PINS = ("scripts/voices.py",)


def main(arguments: "List[str]") -> int:
    """Look, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="studio_preflight", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(), help="the checkout")
    parser.add_argument("--stamp", type=Path, required=True, help="the file that a finished set-up leaves")
    parser.add_argument("--film", action="store_true", help="look at what a studio needs, too")
    options = parser.parse_args(arguments)
    root = Path(os.path.abspath(str(options.root)))
    findings = list(look(root, options.stamp, options.film))
    if not all(finding.well for finding in findings):
        print(report(findings), file=sys.stderr)
        return 1
    if not is_set_up(root, options.stamp):
        print(
            "preflight: " + "; ".join(f"{it.subject} {it.state}" for it in findings if it.subject in _SHOWN)
        )
    return 0


_SHOWN = ("python", "glibc", "disk")


def is_set_up(root: Path, stamp: Path) -> bool:
    """Whether packages and voices are there as the pins want them, by the files' times."""
    return _is_current(root / stamp, root, _PINS) and _is_current(root / _VOICES, root, _VOICES_PINS)


def _is_current(stamp: Path, root: Path, patterns: "Iterable[str]") -> bool:
    if not stamp.is_file():
        return False
    made_s = stamp.stat().st_mtime
    return all(made_s >= pin.stat().st_mtime for pattern in patterns for pin in root.glob(pattern))


def look(root: Path, stamp: Path, film: bool) -> "Iterator[Finding]":
    """Everything that a set-up and a film need of this machine; what is set up already is not looked at."""
    system = read_system()
    family = read_family(system.platform)
    environment = dict(os.environ)
    set_up = is_set_up(root, stamp)
    yield from interpreter_findings(read_interpreter(() if set_up else MODULES), family)
    yield from environment_findings((root / stamp).parent)
    yield from system_findings(system, family)
    mounts = read_mounts()
    folders = [read_checkout(root, mounts, set_up)]
    if film:
        folders.append(
            read_home(studio_home(environment.get("FILM_STUDIO_HOME", "")), root, mounts, system.is_root)
        )
    yield from folder_findings(folders)
    if not set_up:
        pip = read_pip_settings(environment, system.platform)
        yield from network_findings(Connection(environment, pip))


def report(findings: "Iterable[Finding]") -> str:
    """The faults among the findings, each with its cure, as lines of text."""
    faults = [finding for finding in findings if not finding.well]
    count = f"{len(faults)} things are" if len(faults) > 1 else "one thing is"
    width = max(len(fault.subject) for fault in faults)
    lines = [f"preflight: {count} in the way; nothing was installed or changed", ""]
    for fault in faults:
        lines.append(f"  {fault.subject.ljust(width)}  {fault.state}")
        lines.append(f"  {' ' * width}  cure: {fault.cure}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
