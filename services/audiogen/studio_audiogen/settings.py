"""Settings of the audio generator."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from studio_platform.generator import GeneratorSettings
from studio_platform.settings import CommaList

ENGINES = ("kokoro", "score", "effects", "null-speech", "null-music", "null-effects")


def _known_engines(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise ValueError(f"no engine {unknown[0]}; there are {', '.join(ENGINES)}")
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one engine, and none twice")
    return names


class AudiogenSettings(GeneratorSettings):
    """The audio generator: which engines this process hosts, each a pool of its own, and their files."""

    audiogen_engines: Annotated[CommaList, AfterValidator(_known_engines)] = Field(
        default=("kokoro", "score", "effects"),
        description=f"Engines of this process, one pool each, with commas between: {', '.join(ENGINES)}.",
    )
    audiogen_voices_dir: Path = Field(
        default=Path(".assets/kokoro"),
        description="Folder that scripts/voices.py laid out with Kokoro's model and voices.",
    )
    audiogen_threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Phrases said at a time, one thread each; 0: one a core (0 to 256).",
    )

    @property
    def speech_threads(self) -> int:
        """The threads of speech, with 0 resolved to the cores of this machine."""
        return self.audiogen_threads or os.cpu_count() or 1
