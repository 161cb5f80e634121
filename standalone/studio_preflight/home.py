"""Where the studio's own folder is: said here for the preflight and for the studio alike."""

from pathlib import Path


def studio_home(told: str) -> Path:
    """The folder that FILM_STUDIO_HOME tells, or ~/.local/share/film-studio if that is empty; absolute."""
    chosen = Path(told).expanduser() if told else Path.home() / ".local/share/film-studio"
    return Path.cwd() / chosen
