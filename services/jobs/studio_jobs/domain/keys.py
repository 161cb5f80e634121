"""What a planner computes: the keys of tasks (docs/content-keys.md), and seeds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from filmstudio.generation.v1 import task_pb2
from studio_platform.keys import Memo, canonical, content_key, key_of_text


def plan_key(spec: task_pb2.TaskSpec, inputs: Mapping[str, bytes]) -> bytes:
    """The key known before anything runs: `inputs` maps every role to its producer's plan key."""
    return plan_key_of_text(canonical(spec), inputs)


def plan_key_of_text(spec: str, inputs: Mapping[str, bytes]) -> bytes:
    """The plan key of a spec's canonical JSON."""
    return key_of_text("plan", {role: key.hex() for role, key in inputs.items()}, spec)


def spec_texts(specs: Iterable[task_pb2.TaskSpec]) -> tuple[str, ...]:
    """The canonical JSON of a plan's specs; what they share is written once."""
    memo: Memo = {}
    return tuple(canonical(spec, memo) for spec in specs)


def key_at_unlock(spec: task_pb2.TaskSpec, text: str, inputs: Mapping[str, str]) -> bytes:
    """The content key of a resolved spec; `text` is its canonical JSON, where that is known, or empty.

    Raises ValueError for a spec that still holds timings.
    """
    return key_of_text("inputs", inputs, text) if text else content_key(spec, inputs)


def given_spec(kind: int, engine: task_pb2.EngineRef, digest: str) -> task_pb2.TaskSpec:
    """The spec of an artifact that is there: its content key is known, and nothing makes it."""
    return task_pb2.TaskSpec(
        kind=task_pb2.TaskKind.ValueType(kind), engine=engine, given=task_pb2.GivenSpec(digest=digest)
    )


def given_key(kind: int, engine: task_pb2.EngineRef, digest: str) -> bytes:
    """The content key by which an artifact that is there is given."""
    return content_key(given_spec(kind, engine, digest), {})


def seed_of(*parts: str) -> int:
    """A 63-bit seed from names, the same on every machine."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big") >> 1
