"""Settings of the composer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from studio_platform.generator import GeneratorSettings
from studio_platform.settings import CommaList

ENGINES = ("segment", "film", "null-segment", "null-film")


def _known_engines(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise ValueError(f"no engine {unknown[0]}; there are {', '.join(ENGINES)}")
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one engine, and none twice")
    return names


class ComposerSettings(GeneratorSettings):
    """The composer: which engines this process hosts, each a pool of its own, and where it works."""

    composer_engines: Annotated[CommaList, AfterValidator(_known_engines)] = Field(
        default=("segment", "film"),
        description=f"Engines of this process, one pool each, with commas between: {', '.join(ENGINES)}.",
    )
    composer_scratch_dir: Path | None = Field(
        default=None,
        description="Folder for unfinished films, about 25 MB a minute of film; empty: the system's own.",
    )
