"""Every fault of a simulation, decided by seed and place, so that each can be left out by its name."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from enum import Enum
from random import Random

_MASK = (1 << 64) - 1
_UNIT = 1.0 / (1 << 64)


class Fault(Enum):
    """What may happen to one request of one process."""

    LOSE_REQUEST = "request lost"
    LOSE_ANSWER = "answer lost"
    DELAY = "delayed"
    KILL_BEFORE = "killed before"
    KILL_AFTER = "killed after"
    FREEZE_BEFORE = "frozen before"
    FREEZE_AFTER = "frozen after"


@dataclass(frozen=True, slots=True)
class Weather:
    """How likely each request meets a fault, from 0 to 1, and how likely an engine does badly."""

    network: float = 0.0
    kill: float = 0.0
    freeze: float = 0.0
    engine_failure: float = 0.0
    engine_hang: float = 0.0

    def odds(self) -> tuple[tuple[Fault, float], ...]:
        """Each fault of a request with its share."""
        return (
            (Fault.LOSE_REQUEST, self.network / 3),
            (Fault.LOSE_ANSWER, self.network / 3),
            (Fault.DELAY, self.network / 3),
            (Fault.KILL_BEFORE, self.kill / 2),
            (Fault.KILL_AFTER, self.kill / 2),
            (Fault.FREEZE_BEFORE, self.freeze / 2),
            (Fault.FREEZE_AFTER, self.freeze / 2),
        )


@dataclass(slots=True)
class Dice:
    """Numbers in [0, 1) by place: the n-th throw at a place is the same whatever happens elsewhere."""

    seed: int
    _places: dict[str, list[int]] = field(default_factory=dict)

    def throw(self, place: str) -> tuple[float, int]:
        """The next number at a place, and how many came before it there."""
        entry = self._places.get(place)
        if entry is None:
            entry = self._places[place] = [zlib.crc32(place.encode()), 0]
        count = entry[1]
        entry[1] += 1
        return _mixed(self.seed, entry[0], count), count


def _mixed(seed: int, place: int, count: int) -> float:
    """splitmix64 over the three."""
    value = (seed * 0x9E3779B97F4A7C15 + (place << 32) + count * 0xD1B54A32D192ED03 + 1) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return (value ^ (value >> 31)) * _UNIT


@dataclass(slots=True)
class Chaos:
    """Decides faults until it is told to rest; `left_out` names those that a shrunk replay leaves out."""

    dice: Dice
    weather: Weather
    left_out: frozenset[str] = frozenset()
    happened: dict[str, str] = field(default_factory=dict)
    is_over: bool = False
    _odds: tuple[tuple[Fault, float], ...] = ()
    _sum: float = 0.0

    def __post_init__(self) -> None:
        self._odds = self.weather.odds()
        self._sum = sum(share for _, share in self._odds)

    def fault(self, place: str) -> Fault | None:
        """What happens to a request made at a place, or None."""
        number, count = self.dice.throw(place)
        if self.is_over or number >= self._sum:
            return None
        name = f"{place}.{count}"
        for fault, share in self._odds:
            if number < share:
                return fault if self._happens(name, fault.value) else None
            number -= share
        return None

    def strikes(self, place: str, likelihood: float, what: str) -> bool:
        """Whether something of this likelihood happens at a place."""
        number, count = self.dice.throw(place)
        return not self.is_over and number < likelihood and self._happens(f"{place}.{count}", what)

    def between(self, place: str, least: float, most: float) -> float:
        """A number in a range."""
        return least + (most - least) * self.dice.throw(place)[0]

    def _happens(self, name: str, what: str) -> bool:
        if name in self.left_out:
            return False
        self.happened[name] = what
        return True


@dataclass(frozen=True, slots=True)
class Climate:
    """What a world is like: its requests' weather, how many troubles, and of which kinds (empty: all).

    In `pairs` of jobs one is cancelled when the other comes to want the same runs. Jobs are kept for
    `kept_seconds` after their end, and others come to want what was theirs; None: the seed decides.
    """

    weather: Weather
    troubles: tuple[int, ...] = (0, 1, 2, 4, 6)
    kinds: frozenset[str] = frozenset()
    replicas: tuple[int, ...] = (1, 2)
    pairs: bool = False
    kept_seconds: float | None = None


STORM = Climate(
    Weather(network=0.01, kill=0.002, freeze=0.001, engine_failure=0.1, engine_hang=0.02),
    (12,),
    replicas=(2,),
)
"""Every kind of trouble, and much of it."""

SLEEP = Climate(Weather(engine_failure=0.02), (30,), frozenset({"freeze_who_works"}), (2,))
"""Workers fall asleep over their orders, again and again, and wake to report what others were given since."""

NIGHTMARE = Climate(Weather(engine_hang=0.4), (60,), frozenset({"freeze_who_works"}), (2,), pairs=True)
"""As SLEEP, and many who wake find that their time is up."""

CHANGE_OF_MINDS = Climate(Weather(engine_failure=0.1), (0,), pairs=True)
"""No request fails, and jobs take up runs that others let go at the same time."""


SHORT_MEMORY = Climate(Weather(engine_failure=0.02), (0,), kept_seconds=0.5)
"""Jobs are forgotten at once, and others come to want what only they had."""


def climate_of(random: Random) -> Climate:
    """Some worlds are calm, some have one kind of trouble, some have all."""
    weather = weather_of(random)
    return Climate(weather, (0,)) if weather == Weather() else Climate(weather)


def weather_of(random: Random) -> Weather:
    """Some worlds are calm, some have one kind of trouble, some have all."""
    if random.random() < 0.1:
        return Weather()
    return Weather(
        network=random.choice((0, 0.003, 0.02, 0.08)),
        kill=random.choice((0, 0, 0.002, 0.01)),
        freeze=random.choice((0, 0, 0.001, 0.005)),
        engine_failure=random.choice((0, 0, 0.05, 0.3)),
        engine_hang=random.choice((0, 0, 0.02)),
    )
