"""Engines of the simulation: pure functions of spec and inputs, as bad as the weather."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.states import TaskKind
from studio_platform.engine import EngineDescription, EngineFailure, Input, Part, Product, Run
from tests.simulation.chaos import Chaos

SPEECH_LENGTH_MS = 1200


@dataclass(frozen=True, slots=True)
class Order:
    """A spec with its inputs."""

    spec: task_pb2.TaskSpec
    inputs: Mapping[str, Input]


def convert(spec: task_pb2.TaskSpec, inputs: Mapping[str, Input]) -> Order:
    """The engine's order of a spec."""
    return Order(spec, inputs)


class ToyEngine:
    """Makes a digest of what it was given."""

    def __init__(self, kind: TaskKind, revision: str, chaos: Chaos) -> None:
        self._kind = kind
        self._revision = revision
        self._chaos = chaos

    def describe(self) -> EngineDescription:
        """See Engine."""
        return EngineDescription(kind=self._kind.name, engine="toy", revision=self._revision)

    def load(self) -> None:
        """See Engine."""

    def run(self, orders: Sequence[Order], runs: Sequence[Run]) -> Sequence[Product]:
        """See Engine."""
        runs[0].raise_if_cancelled()
        place = f"engine.{self._kind.name.lower()}"
        if self._chaos.strikes(place, self._chaos.weather.engine_failure, "the engine fails"):
            permanent = self._chaos.dice.throw(f"{place}~")[0] < 0.2
            raise EngineFailure("TOY", "The toy engine failed.", permanent=permanent)
        return [_product(order) for order in orders]


def _product(order: Order) -> Product:
    digest = hashlib.sha256(order.spec.SerializeToString(deterministic=True))
    for role in sorted(order.inputs):
        for name, path in sorted(order.inputs[role].parts.items()):
            digest.update(f"{role}/{name}".encode() + path.read_bytes())
    part = Part("file", "application/octet-stream", data=digest.digest())
    return Product((part,), length_ms=SPEECH_LENGTH_MS, frames=24)
