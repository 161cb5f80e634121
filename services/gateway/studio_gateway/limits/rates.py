"""The rates that calls are held to, and which of them a method's calls count against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from filmstudio.options.v1 import options_pb2

WINDOW_SECONDS = 60.0
CHUNK_SHARE = 0.1
CHUNK_MIN = 4.0
AWAY_SHARE = 0.1


class Rate:
    """At most `per_minute` at once, and as many in each minute; `name` tells it apart from other rates.

    `capacity`: tokens of a full bucket. `per_second`: tokens that come back in a second. `chunk`: tokens of
    one lease. `trust`: tokens that a replica may spend before it has leased them, and then owes.
    `per_second_away`: what each replica lets in while Postgres is away.
    """

    __slots__ = ("capacity", "chunk", "name", "per_minute", "per_second", "per_second_away", "trust")

    def __init__(self, name: str, per_minute: int) -> None:
        self.name = name
        self.per_minute = per_minute
        self.capacity = float(per_minute)
        self.per_second = per_minute / WINDOW_SECONDS
        self.chunk = min(self.capacity, max(CHUNK_MIN, self.capacity * CHUNK_SHARE))
        self.trust = self.chunk / 2
        self.per_second_away = self.per_second * AWAY_SHARE


@dataclass(frozen=True, slots=True)
class Rates:
    read: Rate
    write: Rate
    submit: Rate
    stream: Rate
    auth: Rate
    address: Rate

    @classmethod
    def per_minute(cls, *, read: int, write: int, submit: int, stream: int, auth: int, address: int) -> Rates:
        """By calls a minute."""
        return cls(
            read=Rate("read", read),
            write=Rate("write", write),
            submit=Rate("submit", submit),
            stream=Rate("stream", stream),
            auth=Rate("auth", auth),
            address=Rate("address", address),
        )

    def of_user(self, limit_class: options_pb2.LimitClass.ValueType) -> Rate:
        """What a signed-in caller's calls count against."""
        by_class: Mapping[int, Rate] = {
            options_pb2.LIMIT_CLASS_WRITE: self.write,
            options_pb2.LIMIT_CLASS_AUTH: self.auth,
            options_pb2.LIMIT_CLASS_SUBMIT: self.submit,
            options_pb2.LIMIT_CLASS_STREAM: self.stream,
        }
        return by_class.get(limit_class, self.read)
