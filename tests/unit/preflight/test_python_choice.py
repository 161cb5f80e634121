"""scripts/python.sh: the newest supported Python that really runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).parents[3] / "scripts" / "python.sh"
_RUNS = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
_STAND_IN = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
# Runs, but lacks what a virtual environment needs.
_BARE = f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"\n'


def _choose(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    for name, text in programs.items():
        program = folder / name.replace("_", ".")
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
    command = ["/bin/sh", str(_SCRIPT)]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": str(folder)}, check=True)


@pytest.mark.parametrize(
    ("programs", "chosen"),
    [
        ({"python3_11": _RUNS, "python3_14": _RUNS, "python3": _RUNS}, "python3.14"),
        ({"python3_13": _RUNS, "python3_12": _RUNS}, "python3.13"),
        ({"python3_14": _STAND_IN, "python3_12": _RUNS}, "python3.12"),
        ({"python3_14": _BARE, "python3_11": _RUNS}, "python3.11"),
        ({"python3_13": _BARE, "python3": _STAND_IN}, "python3.13"),
        ({"python3": _RUNS}, "python3"),
        ({"python": _RUNS}, "python"),
    ],
)
def test_the_newest_that_runs_is_chosen(programs: dict[str, str], chosen: str, tmp_path: Path) -> None:
    done = _choose(tmp_path, **programs)
    assert (done.stdout, done.stderr) == (f"{tmp_path / chosen}\n", "")


def test_where_none_runs_the_cure_is_told_and_make_fails(tmp_path: Path) -> None:
    done = _choose(tmp_path, python3_12=_STAND_IN, python3=_STAND_IN)
    assert done.stdout == "false\n"
    assert "no Python 3 runs" in done.stderr
    assert "install CPython 3.11 to 3.14" in done.stderr
