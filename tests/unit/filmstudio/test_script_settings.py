"""The settings beside a screenplay: what the command line leaves open, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmstudio.cli.choices import Choices
from filmstudio.cli.script_settings import settings_path, with_settings
from filmstudio.errors import RefusedError


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "ferry.fountain"


def settle(script: Path, text: str) -> None:
    settings_path(script).write_text(text)


def test_without_a_file_the_choices_stay(script: Path) -> None:
    assert with_settings(Choices(size="480p"), script) == Choices(size="480p")


def test_file_fills_what_the_command_line_leaves_open(script: Path) -> None:
    settle(
        script, 'size = "720x1280"\nfps = 30\nloudness = -14\nnarrate = true\npool = ["clip=camera-clip"]\n'
    )

    filled = with_settings(Choices(size="480p", quality="proxy"), script)

    assert filled == Choices(
        size="480p", rate="30", loudness="-14", narrate=True, pools=("clip=camera-clip",), quality="proxy"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('colour = "red"', "colour is no setting; there are size, fps"),
        ("narrate = 1", "narrate has to be true or false"),
        ('pool = "clip=camera-clip"', "pool has to be a list of texts"),
        ("size = [1280, 720]", "size has to be a text"),
        ('size = "wide"', "--size 'wide' can't be read"),
        ("size = ", "Invalid value"),
        ("# " + "x" * 70_000, "settings are a few lines"),
    ],
)
def test_file_that_can_not_be_taken_is_refused_by_name(script: Path, text: str, said: str) -> None:
    settle(script, text)

    with pytest.raises(RefusedError) as refused:
        with_settings(Choices(), script)

    assert str(settings_path(script)) in str(refused.value)
    assert said in str(refused.value)


def test_mistake_of_the_command_line_is_not_laid_to_the_file(script: Path) -> None:
    settle(script, 'fps = "24"\n')

    with pytest.raises(RefusedError) as refused:
        with_settings(Choices(size="wide"), script)

    assert "film.toml" not in str(refused.value)
