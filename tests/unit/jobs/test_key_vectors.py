"""The keys of a whole small film, held by a golden file: another encoding loses every cached artifact."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.keys import given_spec
from studio_jobs.domain.states import TaskKind
from studio_jobs.store.brought_files import KINDS
from studio_platform.keys import canonical
from tests.unit.jobs.plan_vectors import Vector, content_key_of_task, digest_of, load, plan_of

CHANGED = (
    "The encoding of keys changed: every cached artifact of every studio would be made again. If that is "
    "meant, write an ADR, then the vectors anew (tests/unit/jobs/plan_vectors.py)."
)
VECTORS = load()


def name_of(vector: Vector) -> str:
    return vector.task.display_name


def test_every_plan_key_of_the_film_is_the_golden_one() -> None:
    keys = [key.hex() for key in plan_of(VECTORS).plan_keys]

    assert keys == [vector.plan_key for vector in VECTORS], CHANGED


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_every_content_key_of_the_film_is_the_golden_one(vector: Vector) -> None:
    assert content_key_of_task(vector.task) == vector.content_key, CHANGED


def test_the_vectors_have_every_kind_of_task_and_letters_beyond_ascii() -> None:
    texts = "".join(vector.task.spec.speech.text for vector in VECTORS)

    assert {vector.task.kind for vector in VECTORS} == set(TaskKind)
    assert not texts.isascii()


def test_the_vectors_have_a_brought_file_of_every_kind_as_plans_give_it() -> None:
    brought = {
        vector.task.kind: vector.task
        for vector in VECTORS
        if vector.task.spec.HasField("given") and vector.task.spec.engine.engine == "brought"
    }

    assert brought.keys() == set(KINDS.values())
    for kind, task in brought.items():
        by_hand = task_pb2.EngineRef(engine="brought", revision="1")
        assert task.spec == given_spec(kind, by_hand, digest_of(task.number))


@pytest.mark.parametrize("kind", TaskKind, ids=lambda kind: kind.name)
def test_another_encoding_of_one_kind_alone_is_found_out(
    kind: TaskKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(spec: task_pb2.TaskSpec) -> str:
        """Leaves the work of one kind out, or what is given in its place."""
        if spec.kind != int(kind):
            return canonical(spec)
        emptied = task_pb2.TaskSpec()
        emptied.CopyFrom(spec)
        work = spec.WhichOneof("work")
        assert work is not None
        emptied.ClearField(work)
        return canonical(emptied)

    monkeypatch.setattr("studio_platform.keys.canonical", mistaken)

    changed = [v.task.number for v in VECTORS if content_key_of_task(v.task) != v.content_key]

    assert changed == [v.task.number for v in VECTORS if v.task.kind is kind]


def test_a_changed_seed_changes_the_key_of_its_task_and_of_all_that_builds_on_it() -> None:
    vectors = load()
    vectors[0].task.spec.seed += 1

    keys = [key.hex() for key in plan_of(vectors).plan_keys]

    changed = {v.task.number for v, key in zip(vectors, keys, strict=True) if key != v.plan_key}
    built_on = {1}
    for vector in vectors:
        if any(edge.producer in built_on for edge in vector.task.inputs):
            built_on.add(vector.task.number)
    assert changed == built_on
