"""The keys of a whole small film, held by a golden file: another encoding loses every cached artifact."""

from __future__ import annotations

import pytest

from studio_jobs.domain.states import TaskKind
from tests.unit.jobs.plan_vectors import Vector, content_key_of_task, load, plan_of

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
