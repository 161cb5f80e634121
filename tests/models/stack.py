"""A studio of real processes whose stills, clips and music come from tiny models of diffusers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.conftest import Studio, end_studio, make_studio

# The environment of models holds no commands of the studio's own.
_FILM = "import sys; from filmstudio.cli.main import app; sys.argv[0] = 'film'; app()"
COMMAND_TIMEOUT_SECONDS = 500


@dataclass(frozen=True, slots=True)
class ModelStudio(Studio):
    """A studio that runs in this environment."""

    def film(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _FILM, *arguments],
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )


@contextmanager
def model_studio(stills: Path, clips: Path, sound: Path) -> Iterator[ModelStudio]:
    """A studio that has these models, each in a pool of its own, as small and quick as they go."""
    made = make_studio(
        FILM_IMAGEGEN_ENGINE="diffusers",
        FILM_IMAGEGEN_MODEL=str(stills),
        FILM_IMAGEGEN_DEVICE="cpu",
        FILM_IMAGEGEN_STEPS="2",
        FILM_IMAGEGEN_PIXELS_MAX="4096",
        FILM_IMAGEGEN_PREVIEW_STEPS="1",
        FILM_VIDEOGEN_ENGINE="diffusers",
        FILM_VIDEOGEN_MODEL=str(clips),
        FILM_VIDEOGEN_DEVICE="cpu",
        FILM_VIDEOGEN_STEPS="2",
        FILM_VIDEOGEN_RETIMING="hold",
        FILM_VIDEOGEN_PIXELS_MAX="1024",
        FILM_VIDEOGEN_PREVIEW_STEPS="1",
        FILM_VIDEOGEN_FRAMES_MAX="9",
        FILM_VIDEOGEN_RATE_HZ="3",
        FILM_AUDIOGEN_ENGINES="null-speech,diffusers-music,null-effects",
        FILM_AUDIOGEN_MODEL=str(sound),
        FILM_AUDIOGEN_DEVICE="cpu",
        FILM_AUDIOGEN_STEPS="2",
        FILM_START_TIMEOUT_SECONDS="300",
        OMP_NUM_THREADS="1",
    )
    studio = ModelStudio(made.home, made.environment)
    started = studio.film("up")
    try:
        assert started.returncode == 0, started.stderr
        yield studio
    finally:
        end_studio(studio)
