"""Free decoding: what Whisper, a recogniser that knows nothing of the text, hears in parts of a sound."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.listening.sound import Mono

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "bench" / "listening_peer" / "requirements.txt"
HEAR = ROOT / "bench" / "listening_peer" / "hear.py"
HOME = ROOT / ".bench" / "whisper"

Span = tuple[float, float]


def heard(sound: Mono, spans: Sequence[Span]) -> tuple[str, ...]:
    """The text heard in each span of seconds, each decoded alone. Raises CalledProcessError."""
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, sound.astype(np.float32))
        file.flush()
        command = [_python(), str(HEAR), file.name]
        ran = subprocess.run(command, input=json.dumps(spans), check=True, capture_output=True, text=True)
    return tuple(json.loads(ran.stdout))


def _python() -> str:
    """The recogniser's own Python; installs the pinned packages at first. Raises CalledProcessError."""
    python = HOME / "bin" / "python"
    stamp, wanted = HOME / "installed", hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(HOME, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        install = [*pip, "--only-binary=:all:", "-r", str(REQUIREMENTS)]
        subprocess.run(install, check=True, capture_output=True)
        stamp.write_text(wanted)
    return str(python)
