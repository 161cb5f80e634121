"""A studio's address as people write it: host:port, or https://host."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

PORT_DEFAULT = 8484
PORTS_OF_SCHEMES = {"http": 80, "https": 443}
FORMS = "give host:port, or https://host"


class BadAddressError(ValueError):
    """No address of a studio; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a studio answers; `secure` is TLS."""

    host: str
    port: int
    secure: bool = False

    @property
    def target(self) -> str:
        """host:port, an IPv6 host in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there stays on this machine."""
        return is_loopback(self.host)

    def __str__(self) -> str:
        if not self.secure:
            return self.target
        return f"https://{self.target}".removesuffix(f":{PORTS_OF_SCHEMES['https']}")


def is_loopback(host: str) -> bool:
    """Whether a host, with or without the brackets of IPv6, is this machine: no proxy knows the way to it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def parse_server(text: str) -> Server:
    """The server that a person means. Raises BadAddressError."""
    written = text.strip()
    if "://" not in written:
        written = f"film://{written}"
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddressError(f"{text!r} is no address: {error}; {FORMS}") from error
    if parts.scheme not in ("film", *PORTS_OF_SCHEMES):
        raise BadAddressError(f"{text!r}: {parts.scheme} is not spoken here; {FORMS}")
    if not host or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise BadAddressError(f"{text!r} is no address of a studio; {FORMS}")
    return Server(host, port or PORTS_OF_SCHEMES.get(parts.scheme, PORT_DEFAULT), parts.scheme == "https")
