"""What was looked up a moment ago, so that calls in a row ask the database once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KEPT_SECONDS = 10.0
"""How long an answer is taken as true: so long may what was revoked at another replica go on."""

ENTRIES_MAX = 20_000

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most ENTRIES_MAX answers, each for KEPT_SECONDS; `now` gives monotonic seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The answer, if it was kept within KEPT_SECONDS."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and self._now() - entry[0] < KEPT_SECONDS else None

    def keep(self, key: K, answer: V) -> None:
        """Keep an answer from now on; the oldest goes where there is no room."""
        self._entries[key] = (self._now(), answer)
        self._entries.move_to_end(key)
        while len(self._entries) > ENTRIES_MAX:
            self._entries.popitem(last=False)

    def forget(self, is_meant: Callable[[V], bool]) -> None:
        """Drop the answers that are meant."""
        for key in [key for key, (_, answer) in self._entries.items() if is_meant(answer)]:
            del self._entries[key]
