"""Settings of the audio generator."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, FilePath

from studio_platform.generator import GeneratorSettings, known_engines, lanes_of
from studio_platform.settings import CommaList

ENGINES = ("kokoro", "score", "effects", "null-speech", "null-music", "null-effects")


class AudiogenSettings(GeneratorSettings):
    """The audio generator: which engines this process hosts, each a pool of its own, and their files."""

    audiogen_engines: Annotated[CommaList, AfterValidator(partial(known_engines, offered=ENGINES))] = Field(
        default=("kokoro", "score", "effects"),
        description=f"Engines of this process, one pool each, with commas between: {', '.join(ENGINES)}.",
    )
    audiogen_voices_dir: Path = Field(
        default=Path(".assets/kokoro"),
        description="Folder that scripts/voices.py laid out with Kokoro's model and voices.",
    )
    audiogen_soundfont: FilePath | None = Field(
        default=None,
        description="A soundfont (SF2, SF3) that plays the music; unset: the studio's own instruments.",
    )
    audiogen_threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Phrases said at a time; 0: one a core (0 to 256).",
    )

    @property
    def speech_threads(self) -> int:
        """The threads of speech, with 0 resolved to the cores of this machine."""
        return lanes_of(self.audiogen_threads)
