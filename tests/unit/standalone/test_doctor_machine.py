"""The doctor's look at the machine: the preflight's findings beside its own."""

from __future__ import annotations

from pathlib import Path

from studio_preflight.finding import Finding
from studio_standalone.doctor import examine
from studio_standalone.settings import StandaloneSettings


def _findings(home: Path, assets: Path | None = None) -> dict[str, Finding]:
    settings = StandaloneSettings(home=home, assets=assets, watch_pipe=False, inherited={})
    return {finding.subject: finding for finding in examine(settings)}


def test_system_libraries_home_and_disk_are_looked_at(tmp_path: Path) -> None:
    findings = _findings(tmp_path / "home")
    assert {"system", "home", "disk", "postgres", "voices", "ports"} <= findings.keys()
    assert findings["system"].well
    assert findings["home"].well


def test_a_home_that_cannot_be_made_is_found_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = _findings(tmp_path / "file" / "home")["home"]
    assert not home.well
    assert "FILM_STUDIO_HOME" in home.cure


def test_voices_without_dictionaries_are_not_whole(tmp_path: Path) -> None:
    voices = tmp_path / "kokoro" / "voices"
    voices.mkdir(parents=True)
    (voices / "af_heart.bin").touch()
    (tmp_path / "kokoro" / "kokoro-v1.0.int8.onnx").touch()
    assert not _findings(tmp_path / "home", tmp_path)["voices"].well
    (tmp_path / "kokoro" / "dictionaries").mkdir()
    (tmp_path / "kokoro" / "dictionaries" / "us_gold.json").touch()
    assert _findings(tmp_path / "home", tmp_path)["voices"].well
