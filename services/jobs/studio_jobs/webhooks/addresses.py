"""Where messages may go: the rule, and connections that hold to it at the moment they are made."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2

from studio_platform.errors import FieldViolation, InvalidInput

RESOLVE_SECONDS_MAX = 5.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(OSError):
    """The host has an address that messages may not go to."""


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Public addresses over https; where private ones are allowed, any address and http too."""

    private_allowed: bool = False

    async def check(self, url: str, field: str) -> None:
        """Raises InvalidInput naming the field, for an address that is none or not allowed now."""
        fault = self._fault_of(url)
        if not fault:
            parts = urlsplit(url)
            try:
                await self.resolve(str(parts.hostname), _port(url))
            except AddressRefused as refused:
                fault = str(refused)
            except OSError:
                fault = f"has the host {parts.hostname}, which has no address"
        if fault:
            raise InvalidInput("WEBHOOK_URL", f"{field} {fault}.", violations=(FieldViolation(field, fault),))

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, each allowed. Raises AddressRefused if one is not, OSError without any."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(RESOLVE_SECONDS_MAX):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise OSError(f"{host} could not be looked up in {RESOLVE_SECONDS_MAX:g} s") from error
        except UnicodeError as error:
            raise OSError(f"{host} is no host's name") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses:
            raise OSError(f"{host} has no address")
        for address in addresses:
            if not self.private_allowed and not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise AddressRefused(f"leads to {address}, which is not a public address")
        return addresses

    def _fault_of(self, url: str) -> str:
        """What is wrong with the text of an address; empty when nothing is."""
        schemes = ("https", "http") if self.private_allowed else ("https",)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return "must be an address such as https://example.com/film"
        if not url.isascii() or any(character <= " " for character in url) or port == 0:
            return "must be an address such as https://example.com/film, without blanks"
        if parts.scheme not in schemes:
            return f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
        if not parts.hostname:
            return "must name a host"
        if parts.username is not None or parts.password is not None or "#" in url:
            return "must have no user, password or fragment"
        return ""


def is_public(address: Address) -> bool:
    """Whether an address is of the public internet, also what an IPv6 one carries within it."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if within is None and address in _NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if within is not None:
            return is_public(within)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to an address that it looked up and checked itself: a name cannot change in between."""

    def __init__(self, rule: AddressRule) -> None:
        self._rule = rule
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect. Raises ConnectError, also for an address that is not allowed."""
        try:
            addresses = await self._rule.resolve(host, port)
        except AddressRefused as refused:
            raise httpcore2.ConnectError(f"{host} {refused}") from refused
        except OSError as error:
            raise httpcore2.ConnectError(f"{host}: {error.strerror or error}") from error
        return await self._backend.connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def _port(url: str) -> int:
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)
