"""Settings of the composer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from studio_platform.generator import GeneratorSettings, known_engines
from studio_platform.settings import CommaList

_REAL = ("segment", "levels", "master", "film", "reading", "sheet")
ENGINES = (*_REAL, *(f"null-{name}" for name in _REAL))


class ComposerSettings(GeneratorSettings):
    """The composer: which engines this process hosts, each a pool of its own, and where it works."""

    composer_engines: Annotated[CommaList, AfterValidator(partial(known_engines, offered=ENGINES))] = Field(
        default=_REAL,
        description=f"Engines of this process, one pool each, with commas between: {', '.join(ENGINES)}.",
    )
    composer_scratch_dir: Path | None = Field(
        default=None,
        description="Folder for unfinished films, about 25 MB a minute of film; empty: the system's own.",
    )
    composer_kept_mb: int = Field(
        default=256,
        ge=0,
        le=1_000_000,
        description="Disk for scenes and sounds that the next film may have again, MB (0 to 1000000).",
    )
