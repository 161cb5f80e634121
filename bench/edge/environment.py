"""Where the peer's packages lie: in an environment of their own, made at the first run."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "bench" / "edge_peer" / "requirements.txt"
HOME = ROOT / ".bench" / "fastapi"


def python_of_peer() -> str:
    """The environment's Python; installs the pinned packages at first. Raises CalledProcessError."""
    python = HOME / "bin" / "python"
    stamp, wanted = HOME / "installed", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return str(python)
    shutil.rmtree(HOME, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--only-binary=:all:", "-r", REQUIREMENTS], check=True)
    stamp.write_text(wanted)
    return str(python)
