"""A pool as its process knows it: its name, its worker's settings, and what it announces."""

from __future__ import annotations

from dataclasses import dataclass

from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_platform.engine import EngineDescription


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How a pool works in this process.

    `step_seconds` is how long an engine past its deadline may take to its next step before its lane goes
    on without it. Prices are millionths of the installation's currency; 0 leaves the engine's own.
    """

    pool: str
    slots: int
    lease_seconds: float
    crash_limit_deliveries: int
    drain_grace_seconds: float
    worker: str
    replicas_max: int = 1
    step_seconds: float = 10.0
    price_micros_per_second: int = 0
    price_micros_per_call: int = 0


def pool_name(engine: str, kind: str) -> str:
    """The name of the pool of an engine: "storyboard-still"."""
    return f"{engine}-{kind}".lower().replace("_", "-")


def engine_ref(description: EngineDescription) -> task_pb2.EngineRef:
    """The engine as it goes into keys."""
    return task_pb2.EngineRef(
        engine=description.engine,
        revision=description.revision,
        model=description.model,
        model_revision=description.model_revision,
    )


def kind_of(description: EngineDescription) -> task_pb2.TaskKind.ValueType:
    """What the engine makes."""
    return task_pb2.TaskKind.Value(f"TASK_KIND_{description.kind}")


def kind_word(kind: task_pb2.TaskKind.ValueType) -> str:
    """A kind as subjects and specs write it: "still"."""
    return task_pb2.TaskKind.Name(kind).removeprefix("TASK_KIND_").lower()


def announcement(description: EngineDescription, settings: PoolSettings) -> message_pb2.PoolAnnouncement:
    """What the pool says of itself."""
    said = message_pb2.PoolAnnouncement(
        pool=settings.pool,
        kind=kind_of(description),
        engine=engine_ref(description),
        deterministic=description.deterministic,
        price_micros_per_second=settings.price_micros_per_second or description.price_micros_per_second,
        price_micros_per_call=settings.price_micros_per_call or description.price_micros_per_call,
        replicas_max=settings.replicas_max,
        slots=settings.slots,
        worker=settings.worker,
        lease_ms=round(settings.lease_seconds * 1000),
        voices=description.voices,
        languages=description.languages,
    )
    if description.max_width_px:
        said.size_max.width_px = description.max_width_px
        said.size_max.height_px = description.max_height_px
    return said
