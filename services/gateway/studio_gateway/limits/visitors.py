"""Holds visitors without an account to the rates of their address."""

from __future__ import annotations

from collections.abc import Mapping

from studio_gateway.limits.addresses import ClientAddresses
from studio_gateway.limits.limiter import Limiter
from studio_gateway.limits.rates import Rates


class Visitors:
    """What pages ask before they serve somebody who doesn't sign in."""

    def __init__(self, limiter: Limiter, rates: Rates, addresses: ClientAddresses) -> None:
        self._limiter = limiter
        self._rates = rates
        self._addresses = addresses

    def address(self, peer: str, headers: Mapping[str, str]) -> str:
        """Whom limits count; `headers` need the proxies' one only."""
        return self._addresses.of(peer, headers)

    @property
    def header(self) -> str:
        """The header in which proxies say for whom they ask."""
        return self._addresses.header

    async def admit(self, address: str) -> None:
        """Counts a visit. Raises ResourceExhausted."""
        await self._limiter.admit(self._rates.address, address)

    async def admit_guess(self, address: str) -> None:
        """Counts what may be a guess at a secret. Raises ResourceExhausted."""
        await self._limiter.admit(self._rates.auth, address)
