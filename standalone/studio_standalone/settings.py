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
START_TIMEOUT_SECONDS = 60.0
START_TIMEOUT_SECONDS_LIMIT = 3_600.0


class SettingError(ValueError):
    """A variable holds what it must not; the text names it and says what it may hold."""


@dataclass(frozen=True, slots=True)
class StandaloneSettings:
    """`home`: where everything is kept. `assets`: voices. `watch_pipe`: children watch a pipe.

    `s3_endpoint`: host:port that services find S3 at, empty for the studio's own server.
    `restart_pause_max_seconds`: the pause before a child that keeps ending is started again grows to this.
    `start_timeout_seconds`: a child that takes longer to get ready is killed.
    """

    home: Path
    assets: Path | None
    watch_pipe: bool
    inherited: Mapping[str, str]
    s3_endpoint: str = ""
    restart_pause_max_seconds: float = RESTART_PAUSE_MAX_SECONDS
    start_timeout_seconds: float = START_TIMEOUT_SECONDS


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
    FILM_START_TIMEOUT_SECONDS: the longest that a part of the studio may take to get ready, with its model
    loaded, in seconds (1 to 3600; default 60).

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
        restart_pause_max_seconds=_seconds(
            "FILM_RESTART_PAUSE_MAX_SECONDS",
            environment.get("FILM_RESTART_PAUSE_MAX_SECONDS", ""),
            RESTART_PAUSE_MAX_SECONDS,
            (0, RESTART_PAUSE_MAX_SECONDS_LIMIT),
        ),
        start_timeout_seconds=_seconds(
            "FILM_START_TIMEOUT_SECONDS",
            environment.get("FILM_START_TIMEOUT_SECONDS", ""),
            START_TIMEOUT_SECONDS,
            (1, START_TIMEOUT_SECONDS_LIMIT),
        ),
    )


def _seconds(name: str, text: str, default: float, limits: tuple[float, float]) -> float:
    lowest, highest = limits
    try:
        seconds = float(text) if text else default
    except ValueError:
        seconds = -1.0
    if not lowest <= seconds <= highest:
        raise SettingError(f"{name} is {text!r}: give seconds from {lowest:.0f} to {highest:.0f}")
    return seconds
