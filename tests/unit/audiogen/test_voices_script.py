"""The set-up of the voices: what is complete is left alone, what is foreign is not touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_ASSETS = _ROOT / ".assets" / "kokoro"


def _run(folder: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Run the script where no registry can be reached."""
    offline = {
        "PATH": str(tmp_path),
        "HOME": str(tmp_path),
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    command = [sys.executable, str(_ROOT / "scripts" / "voices.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env=offline, check=False)


def test_a_complete_folder_is_left_alone_without_any_registry(tmp_path: Path) -> None:
    done = _run(_ASSETS, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "is complete" in done.stdout


def test_a_changed_voice_is_noticed_and_a_failed_download_keeps_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "kokoro"
    shutil.copytree(_ASSETS, folder)
    voice = folder / "voices" / "af_heart.bin"
    voice.write_bytes(b"\0" * voice.stat().st_size)
    done = _run(folder, tmp_path)
    assert done.returncode == 1
    assert "differs from the pinned voices" in done.stdout
    assert "failed with 1" in done.stderr
    assert voice.is_file()
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".voices-")] == []


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("dear to somebody", encoding="utf-8")
    done = _run(tmp_path, tmp_path)
    assert done.returncode == 1
    assert "thesis.txt" in done.stderr
    assert (tmp_path / "thesis.txt").is_file()
