"""Which provider is asked, and within which limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """An address with the name of a model there.

    One call, its body too, lasts `timeout_seconds` at most, and at most `calls_max` are made at a time by
    this process. Before a call that failed is made again lie `pause_seconds`, doubled each time, or what the
    provider asks for, if that is no more than `wait_max_seconds`.
    """

    base_url: str
    model: str
    api_key: str = ""
    timeout_seconds: float = 180.0
    calls_max: int = 8
    tries_max: int = 4
    pause_seconds: float = 1.0
    wait_max_seconds: float = 120.0

    @property
    def host(self) -> str:
        """The address without what may be secret, for people."""
        return urlsplit(self.base_url).hostname or "the provider"

    def key(self, *facts: object) -> str:
        """Sixteen digits of whose model it is and what else decides what it makes; part of content keys."""
        return hashlib.sha256(repr((self.host, *facts)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Prices:
    """What a call costs a pool, and the most that it may spend; 0 is no limit. Millionths of the currency."""

    call_micros: int = 0
    hour_max_micros: int = 0
    day_max_micros: int = 0


FREE = Prices()
