"""What the environment says to the client; read here and nowhere else.

Not a pydantic class: who only talks to a studio installs little, and the film command starts at once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """`server`: which studio, empty for the usual one. `config`: the sessions' folder. `ca_file`: trusted.

    `workspace`: the one to work in, empty for the one chosen. `api_key`: what calls in place of a session.
    """

    server: str
    config: Path
    ca_file: Path | None
    workspace: str = ""
    api_key: str = field(default="", repr=False)


def read_settings() -> ClientSettings:
    """The settings of this process.

    FILM_SERVER: the studio to talk to: host:port, or https://host (default: the one signed in to, else this
    machine's).
    FILM_CONFIG_DIR: the folder of the sessions (default ~/.config/film-studio, or below XDG_CONFIG_HOME).
    FILM_WORKSPACE: the workspace to work in, workspaces/UUID (default: the one of film workspace use).
    FILM_API_KEY: a key to call with, in place of a session (default: none).
    FILM_CA_FILE: PEM file of the certificate authorities to trust for https (default: the public ones).
    """
    environment = os.environ
    base = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    config = environment.get("FILM_CONFIG_DIR", "")
    authorities = environment.get("FILM_CA_FILE", "")
    return ClientSettings(
        server=environment.get("FILM_SERVER", ""),
        config=Path(config).expanduser().absolute() if config else base / "film-studio",
        ca_file=Path(authorities).expanduser() if authorities else None,
        workspace=environment.get("FILM_WORKSPACE", ""),
        api_key=environment.get("FILM_API_KEY", "").strip(),
    )
