"""The preflight as make runs it: all faults at once, silence about the rest, nothing changed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_SOURCES = sorted((_ROOT / "standalone" / "studio_preflight").glob("*.py"))


def _run(root: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {"PATH": os.defpath, "HOME": str(root), "PIP_CONFIG_FILE": os.devnull, **environment}
    command = [sys.executable, "-B", "-m", "studio_preflight", "--root", str(root), *options]
    told["PYTHONPATH"] = str(_ROOT / "standalone")
    return subprocess.run(command, capture_output=True, text=True, env=told, check=False)


def _set_up(root: Path) -> None:
    """Lay the files that a finished set-up leaves, after those that it is made from."""
    (root / "scripts").mkdir()
    for pin in (root / "constraints.txt", root / "scripts" / "voices.py"):
        pin.touch()
    for stamp in (root / ".venv" / "run", root / ".assets" / "kokoro" / "NOTICE"):
        stamp.parent.mkdir(parents=True)
        stamp.touch()


def test_a_machine_that_runs_these_tests_can_be_set_up(tmp_path: Path) -> None:
    done = _run(tmp_path, "--stamp", ".venv/run", "--film")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("preflight: python 3.")


def test_all_faults_are_printed_at_once_each_with_its_cure_and_nothing_is_changed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    done = _run(
        tmp_path,
        *("--stamp", ".venv/run", "--film"),
        HTTPS_PROXY="socks5://127.0.0.1:9",
        SSL_CERT_FILE="/nowhere/bundle.pem",
        PIP_USER="1",
        FILM_STUDIO_HOME=str(tmp_path / "file" / "home"),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("preflight: 4 things are in the way; nothing was installed or changed")
    lines = done.stderr.splitlines()
    subjects = [line.split()[0] for line in lines[2:] if line.strip()]
    assert subjects == ["home", "cure:", "proxy", "cure:", "certificates", "cure:", "pip", "cure:"]
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_set_up_is_not_looked_at_again(tmp_path: Path) -> None:
    _set_up(tmp_path)
    done = _run(tmp_path, "--stamp", ".venv/run", "--film", PIP_USER="1", SSL_CERT_FILE="/nowhere")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("changed", ["constraints.txt", "scripts/voices.py"])
def test_a_set_up_that_is_out_of_date_is_looked_at_again(changed: str, tmp_path: Path) -> None:
    _set_up(tmp_path)
    later_s = (tmp_path / ".venv" / "run").stat().st_mtime + 1
    os.utime(tmp_path / changed, (later_s, later_s))
    assert _run(tmp_path, "--stamp", ".venv/run", PIP_USER="1").returncode == 1


def test_the_home_matters_to_a_film_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = str(tmp_path / "file" / "home")
    assert _run(tmp_path, "--stamp", ".venv/set-up", FILM_STUDIO_HOME=home).returncode == 0
    assert _run(tmp_path, "--stamp", ".venv/run", "--film", FILM_STUDIO_HOME=home).returncode == 1


@pytest.mark.parametrize("source", _SOURCES, ids=lambda source: source.name)
def test_python_3_6_can_read_it_and_needs_nothing_installed(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 6))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    foreign = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"studio_preflight"}
    assert foreign == set()
    assert "__future__" not in names
