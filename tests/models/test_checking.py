"""film engines check: a model is loaded as a pool would, and draws a still."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio_imagegen.checking import main


def test_a_check_leaves_a_still_and_says_what_it_took(
    sdxl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    still = tmp_path / "check.png"
    assert main([str(sdxl), "-o", str(still), "--device", "cpu", "--steps", "2", "--size", "96x64"]) == 0
    with Image.open(still) as opened:
        assert opened.size == (96, 64)
    said = capsys.readouterr().out
    assert "a still of 96x64 in" in said
    assert "GB of memory" in said


def test_a_check_of_what_is_no_model_says_so_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main([str(tmp_path / "empty"), "-o", str(tmp_path / "check.png")]) == 1
    assert "no model_index.json" in capsys.readouterr().err
