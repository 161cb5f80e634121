"""The golden file of keys: every task of a small film as its spec, its inputs and its keys.

Specs and inputs were written once and are only added to. `python -m tests.unit.jobs.plan_vectors` writes
the keys of all of them anew; where one changes, every cached artifact of every studio is thrown away: that
needs an ADR.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge, Plan, PlannedTask, Uses, keyed
from studio_jobs.domain.states import TaskKind
from studio_jobs.domain.timing import resolve
from studio_platform.keys import content_key

VECTORS = Path(__file__).with_name("plan_vectors.json")
SPEECH_LENGTH_MS = 1234


@dataclass(frozen=True, slots=True)
class Vector:
    """A task with the keys that it must have."""

    task: PlannedTask
    plan_key: str
    content_key: str


def load() -> list[Vector]:
    """The vectors in the plan's order."""
    return [_read(entry) for entry in json.loads(VECTORS.read_text())]


def digest_of(number: int) -> str:
    """The digest that the vectors suppose of what a task made, or was given."""
    return hashlib.sha256(f"artifact {number}".encode()).hexdigest()


def content_key_of_task(task: PlannedTask) -> str:
    """The key of a task whose inputs have the supposed digests, and whose speeches the supposed length."""
    lengths = {edge.role: SPEECH_LENGTH_MS for edge in task.inputs}
    inputs = {edge.role: digest_of(edge.producer) for edge in task.inputs if edge.uses is Uses.CONTENT}
    return content_key(resolve(task.spec, lengths), inputs).hex()


def _read(entry: Mapping[str, Any]) -> Vector:
    spec = json_format.ParseDict(entry["spec"], task_pb2.TaskSpec())
    inputs = tuple(
        Edge(edge["role"], edge["producer"], Uses[edge["uses"]]) for edge in entry.get("inputs", [])
    )
    task = PlannedTask(
        entry["number"], TaskKind(spec.kind), "pool", entry["display_name"], spec, inputs=inputs
    )
    return Vector(task, entry["plan_key"], entry["content_key"])


def _entry(task: PlannedTask, plan_key: bytes) -> dict[str, Any]:
    return {
        "number": task.number,
        "display_name": task.display_name,
        "plan_key": plan_key.hex(),
        "content_key": content_key_of_task(task),
        "inputs": [
            {"role": edge.role, "producer": edge.producer, "uses": edge.uses.name} for edge in task.inputs
        ],
        "spec": json_format.MessageToDict(task.spec, preserving_proto_field_name=True),
    }


def write(plan: Plan) -> None:
    """Write the golden file."""
    entries = [_entry(task, key) for task, key in zip(plan.tasks, plan.plan_keys, strict=True)]
    VECTORS.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def plan_of(vectors: list[Vector]) -> Plan:
    """The plan that the vectors' tasks have now."""
    return keyed([vector.task for vector in vectors])


def main() -> None:
    """Write the keys of the vectors anew."""
    write(plan_of(load()))


if __name__ == "__main__":
    main()
