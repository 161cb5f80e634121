"""This machine's own studio, as the film command finds it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filmstudio.session import Account

GENERATORS = ("imagegen", "videogen", "audiogen", "composer")


class StudioMissingError(Exception):
    """No studio can be reached; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a studio answers, who signs in, and where each generator answers operators."""

    address: str
    account: Account
    generators: Mapping[str, str] = field(default_factory=dict)


def start_local() -> Place:
    """Start this machine's studio or join the one that runs. Raises StudioMissingError."""
    ran = subprocess.run(
        [sys.executable, "-m", "studio_standalone", "up", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise StudioMissingError(ran.stderr.strip() or "the studio did not start; see film logs")
    started = json.loads(ran.stdout.strip().splitlines()[-1])
    return _place(started["address"], Path(started["home"]))


def _place(address: str, home: Path) -> Place:
    state = json.loads((home / "state.json").read_text())
    account = Account(state["account_email"], state["secrets"]["account"])
    generators = {name: f"127.0.0.1:{state['ports'][name]}" for name in GENERATORS}
    return Place(address.removeprefix("http://"), account, generators)


def delegate(arguments: list[str]) -> int:
    """Let the studio's own command do it; its exit code."""
    return subprocess.run([sys.executable, "-m", "studio_standalone", *arguments], check=False).returncode
