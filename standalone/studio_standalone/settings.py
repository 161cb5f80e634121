"""What the environment says to the standalone studio; read here and nowhere else.

Not a pydantic class: the supervisor lives beside the studio for hours and stays small.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio_preflight.home import studio_home

RESTART_PAUSE_MAX_SECONDS = 10.0
RESTART_PAUSE_MAX_SECONDS_LIMIT = 600.0


class SettingError(ValueError):
    """A variable holds what it must not; the text names it and says what it may hold."""


@dataclass(frozen=True, slots=True)
class StandaloneSettings:
    """`home`: where everything is kept. `assets`: voices. `watch_pipe`: children watch a pipe.

    `s3_endpoint`: host:port that services find S3 at, empty for the studio's own server.
    `restart_pause_max_seconds`: the pause before a child that keeps ending is started again grows to this.
    """

    home: Path
    assets: Path | None
    watch_pipe: bool
    inherited: Mapping[str, str]
    s3_endpoint: str = ""
    restart_pause_max_seconds: float = RESTART_PAUSE_MAX_SECONDS


def read_settings() -> StandaloneSettings:
    """The settings of this process.

    FILM_STUDIO_HOME: the studio's folder (default ~/.local/share/film-studio).
    FILM_ASSETS_DIR: the folder that holds the voices' folder kokoro (default: .assets of the checkout, else
    assets in the studio's folder).
    FILM_WATCH_PIPE: "1" makes children watch a pipe for their parent's end, as they always do outside Linux,
    where the kernel doesn't signal it.
    FILM_S3_ENDPOINT: a proxy before the studio's own S3 server, for its services to use in its place.
    FILM_RESTART_PAUSE_MAX_SECONDS: the longest pause before a part of the studio that keeps ending is started
    again, in seconds (0 to 600; default 10).

    Raises SettingError.
    """
    environment = dict(os.environ)
    assets = environment.get("FILM_ASSETS_DIR", "")
    return StandaloneSettings(
        home=studio_home(environment.get("FILM_STUDIO_HOME", "")),
        assets=Path(assets).expanduser().absolute() if assets else None,
        watch_pipe=sys.platform != "linux" or environment.get("FILM_WATCH_PIPE") == "1",
        inherited=environment,
        s3_endpoint=environment.get("FILM_S3_ENDPOINT", ""),
        restart_pause_max_seconds=_restart_pause(environment.get("FILM_RESTART_PAUSE_MAX_SECONDS", "")),
    )


def _restart_pause(text: str) -> float:
    try:
        seconds = float(text) if text else RESTART_PAUSE_MAX_SECONDS
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= RESTART_PAUSE_MAX_SECONDS_LIMIT:
        limit = f"0 to {RESTART_PAUSE_MAX_SECONDS_LIMIT:.0f}"
        raise SettingError(f"FILM_RESTART_PAUSE_MAX_SECONDS is {text!r}: give seconds from {limit}")
    return seconds
