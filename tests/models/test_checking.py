"""film engines check: a model is loaded as a pool would, and makes a still or a clip."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio_imagegen.checking import main
from studio_media.picture import frames, probe
from studio_videogen.checking import main as check_clip


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


def test_a_check_of_a_video_model_leaves_a_clip_and_says_what_it_took(
    ltx: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = tmp_path / "check.mp4"
    small = ["--steps", "2", "--size", "96x64", "--seconds", "0.25", "--device", "cpu"]

    assert check_clip([str(ltx), "-o", str(clip), *small]) == 0

    assert len(list(frames(clip.read_bytes()))) == 6
    assert probe(clip.read_bytes()).width_px == 96
    said = capsys.readouterr().out
    assert "a clip of 96x64 and 0.25 s in" in said
    assert "GB of memory" in said
    assert "native frames:" in said
    assert "check.mp4, " in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--still", "nothing.png"], "can't be read as a PNG, JPEG or WebP"), ([], "makes no video")],
)
def test_a_check_for_a_clip_says_in_a_line_what_is_wrong(
    arguments: list[str],
    words: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = request.getfixturevalue("ltx" if arguments else "sdxl")

    assert check_clip([str(model), "-o", str(tmp_path / "check.mp4"), "--device", "cpu", *arguments]) == 1

    assert words in capsys.readouterr().err
