"""Where a call comes from: the connection's address, or what a trusted proxy says of it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

IPV6_PREFIX_BITS = 64
"""One customer of a provider has at least so much; single addresses of it are no bound."""

HOPS_MAX = 32
PEERS_KEPT_MAX = 4_096
"""Connections whose address is read once, not at each of their calls."""

_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;\s"]+))', re.IGNORECASE)

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForwardedHeader(StrEnum):
    """The header in which proxies say for whom they ask; the other one is never read."""

    X_FORWARDED_FOR = "x-forwarded-for"
    FORWARDED = "forwarded"


class ClientAddresses:
    """Reads the address of clients; what they say of themselves counts for nothing.

    The header is read only on connections from `trusted` networks, and from its end: each proxy adds whom it
    was asked by, so the first that is not trusted is the client.
    """

    def __init__(
        self, trusted: Sequence[Network] = (), header: ForwardedHeader = ForwardedHeader.X_FORWARDED_FOR
    ):
        self._trusted = tuple(trusted)
        self._header = header

    @property
    def header(self) -> str:
        """The name of the header that is read, in lower case."""
        return self._header.value

    def of(self, peer: str, metadata: Mapping[str, str]) -> str:
        """The client's address as a key for limits; `peer` as grpc writes it, "ipv4:127.0.0.1:3342"."""
        address = peer_address(peer)
        if address is None:
            return peer
        if not self._is_trusted(address) or not (said := metadata.get(self.header, "")):
            return key_of(address)
        for text in reversed(self._hops(said)[-HOPS_MAX:]):
            hop = host_address(text)
            if hop is None:
                # Hidden or garbled: what stands before it can't be believed.
                break
            address = hop
            if not self._is_trusted(hop):
                break
        return key_of(address)

    def _is_trusted(self, address: IpAddress) -> bool:
        return any(address in network for network in self._trusted)

    def _hops(self, said: str) -> list[str]:
        if self._header is ForwardedHeader.X_FORWARDED_FOR:
            return said.split(",")
        matches = (_FOR.search(element) for element in said.split(","))
        return [(match[1] or match[2] or "") if match else "" for match in matches]


@lru_cache(PEERS_KEPT_MAX)
def peer_address(peer: str) -> IpAddress | None:
    """The address in grpc's text of a peer; None for a socket that has none."""
    kind, _, rest = peer.partition(":")
    if kind not in ("ipv4", "ipv6"):
        return None
    return host_address(rest.replace("%5B", "[").replace("%5D", "]"))


def host_address(text: str) -> IpAddress | None:
    """The address in a text such as "192.0.2.1", "192.0.2.1:80" or "[2001:db8::1]:80"; None for another."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


@lru_cache(PEERS_KEPT_MAX)
def key_of(address: IpAddress) -> str:
    """What counts as one client: an IPv4 address, or the network of an IPv6 address."""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_PREFIX_BITS), strict=False))
