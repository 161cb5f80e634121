"""The labelled Fountain cases, read by screenplain, screenplay-tools and fountain-parser beside ours.

    python -m bench.screenplay_peers [--seconds 10]

Writes docs/screenplay-parsers.md: a table of cases and parsers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.screenplay_peers.page import Verdict, page
from studio_jobs.screenplay.emphasis import plain
from tests.unit.screenplay.labelled import Case, Expected, cases
from tests.unit.screenplay.test_labelled import ours

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
ADAPTERS = Path(__file__).with_name("adapters.py")
HOME = ROOT / ".bench" / "screenplay-peers"
PAGE = ROOT / "docs" / "screenplay-parsers.md"
PEERS = ("screenplain", "screenplay-tools", "fountain-parser")
_REMARKS = ("NOTE", "BONEYARD")


def install() -> None:
    """Install the pinned parsers unless they are there. Raises CalledProcessError."""
    stamp, wanted = HOME / "installed", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(HOME, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--only-binary=:all:", "-r", str(REQUIREMENTS)], check=True)
    stamp.write_text(wanted)


def verdict_of(peer: str, case: Case, seconds_max: float) -> Verdict:
    """Run one parser on one case in a process of its own."""
    command = [str(HOME / "bin" / "python"), str(ADAPTERS), peer]
    try:
        ran = subprocess.run(
            command,
            input=json.dumps(case.source),
            capture_output=True,
            text=True,
            timeout=seconds_max,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Verdict(right=False, what=f"hangs: no answer in {seconds_max:.0f} s")
    if ran.returncode:
        return Verdict(right=False, what=f"raises {ran.stderr.strip().splitlines()[-1][:80]}")
    return compared([(kind, text, extras) for kind, text, extras in json.loads(ran.stdout)], case)


def compared(found: Sequence[Expected], case: Case) -> Verdict:
    """Say whether what was found is what is labelled, and if not, where it first differs."""
    mine, theirs = comparable(case.expected, case), comparable(found, case)
    if mine == theirs:
        return Verdict(right=True)
    at = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), None)
    if at is None:
        more = theirs[len(mine) :] or mine[len(theirs) :]
        return Verdict(right=False, what=f"{'adds' if len(theirs) > len(mine) else 'loses'} {_said(more[0])}")
    return Verdict(right=False, what=f"{_said(mine[at])} is {_said(theirs[at])}")


def comparable(elements: Sequence[Expected], case: Case) -> list[Expected]:
    """Elements as far as all parsers can say them: see the page on what is not compared."""
    found: list[Expected] = []
    for kind, text, extras in elements:
        if kind in _REMARKS:
            continue
        extras = {key: _folded(value) for key, value in extras.items()}
        if kind in ("SCENE_HEADING", "TRANSITION"):
            text = text.upper()
        if found and kind == found[-1][0] and kind in ("ACTION", "DIALOGUE", "LYRICS"):
            found[-1] = (kind, f"{found[-1][1]}\n{text}", extras)
        else:
            found.append((kind, text, extras))
    return [(kind, _spaced(plain(text), case), extras) for kind, text, extras in found]


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _spaced(text: str, case: Case) -> str:
    rows = [" ".join(row.split()) for row in text.split("\n")] if not case.exact else text.split("\n")
    return "\n".join(row for row in rows if row.strip()) if case.exact else " ".join(" ".join(rows).split())


def _said(element: Expected) -> str:
    kind, text, extras = element
    more = "".join(f" {key}={value}" for key, value in extras.items())
    shown = text if len(text) <= 32 else text[:30] + "…"
    return f"{kind} `{shown}`{more}" if shown else f"{kind}{more}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all parsers on all cases and write the page; 1 when ours is wrong on one."""
    parser = argparse.ArgumentParser(prog="python -m bench.screenplay_peers", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="time limit of one case")
    options = parser.parse_args(arguments)
    install()
    rows: list[tuple[Case, list[Verdict]]] = []
    for case in cases():
        verdicts = [compared(ours(case.source), case)]
        verdicts += [verdict_of(peer, case, options.seconds) for peer in PEERS]
        rows.append((case, verdicts))
        print(case.name, *("right" if one.right else f"WRONG ({one.what})" for one in verdicts), sep=" | ")
    PAGE.write_text(page(("ours", *PEERS), REQUIREMENTS.read_text(), rows, options.seconds), encoding="utf-8")
    return 0 if all(verdicts[0].right for _, verdicts in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
