"""Which studio a command talks to: this machine's own, or one that the person signed in to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filmstudio.account import Account
from filmstudio.errors import RefusedError, SignInError
from filmstudio.servers import BadAddressError, Server, parse_server
from filmstudio.settings import ClientSettings, read_settings


@dataclass(frozen=True, slots=True)
class Place:
    """Where a studio answers, whose session is kept where, and how its person signs in anew.

    `generators`: where each generator of this machine answers operators, host:port by name. `is_new`: this
    command has started it.
    """

    server: Server
    session_file: Path
    sign_in: str
    account: Account | None = None
    ca_file: Path | None = None
    generators: Mapping[str, str] = field(default_factory=dict)
    is_new: bool = False

    @property
    def is_local(self) -> bool:
        """Whether it is this machine's own studio, which signs in by itself."""
        return self.account is not None

    @property
    def workspace(self) -> str:
        """Where to work, by FILM_WORKSPACE or as it was chosen; empty: in one's own. Raises OSError."""
        settings = read_settings()
        # A key works in its own workspace alone.
        if settings.workspace or settings.api_key:
            return settings.workspace
        try:
            return self._workspace_file.read_text().strip()
        except FileNotFoundError:
            return ""

    def use_workspace(self, name: str) -> None:
        """Work there from now on; empty: in one's own. Raises OSError."""
        if name:
            self._workspace_file.write_text(f"{name}\n")
        else:
            self._workspace_file.unlink(missing_ok=True)

    @property
    def _workspace_file(self) -> Path:
        return self.session_file.with_suffix(".workspace")


class Logins:
    """The studios that the person signed in to: a session file each, and which of them is used."""

    def __init__(self, config: Path) -> None:
        self._config = config

    def session_file(self, server: Server) -> Path:
        """Where the session at a studio is kept."""
        return self._config / "sessions" / f"{re.sub(r'[^a-z0-9.-]+', '_', str(server).lower())}.json"

    def chosen(self) -> Server | None:
        """The studio that the person signed in to last; None without one. Raises OSError."""
        try:
            return parse_server(self._chosen_file.read_text())
        except (FileNotFoundError, BadAddressError):
            return None

    def choose(self, server: Server) -> None:
        """Use this studio from now on. Raises OSError."""
        # Its folder is there: a session was kept before.
        self._chosen_file.write_text(f"{server}\n")

    def leave(self, server: Server) -> None:
        """Use this machine's own studio again, if this one was used. Raises OSError."""
        if self.chosen() == server:
            self._chosen_file.unlink(missing_ok=True)

    @property
    def _chosen_file(self) -> Path:
        return self._config / "server"


@dataclass(frozen=True, slots=True)
class Which:
    """What the command line says of the studio."""

    server: str = ""
    local: bool = False

    def place(self) -> Place | None:
        """The studio that is meant; None for this machine's own.

        Raises RefusedError for a bad address, SignInError without a session there.
        """
        if self.local and self.server:
            raise RefusedError("--local is this machine's studio, --server another one: give one of them")
        server = None if self.local else self.server_elsewhere()
        return None if server is None else remote_place(server, read_settings())

    def server_elsewhere(self) -> Server | None:
        """The studio that is named, by the command line or FILM_SERVER, else the one signed in to."""
        settings = read_settings()
        return named_server(self.server or settings.server) or Logins(settings.config).chosen()


def named_server(text: str) -> Server | None:
    """The server of a text; None for an empty one. Raises RefusedError."""
    try:
        return parse_server(text) if text else None
    except BadAddressError as error:
        raise RefusedError(str(error)) from error


def remote_place(server: Server, settings: ClientSettings) -> Place:
    """A studio with a session, or an API key. Raises SignInError without one."""
    place = Place(
        server,
        Logins(settings.config).session_file(server),
        sign_in=f"sign in again: film login --server {server}",
        ca_file=settings.ca_file,
    )
    if not settings.api_key and not place.session_file.exists():
        raise SignInError(f"you are not signed in at {server}; sign in: film login --server {server}")
    return place
