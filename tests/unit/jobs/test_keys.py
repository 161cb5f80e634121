"""Plan keys and seeds."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.keys import plan_key, seed_of
from studio_platform.keys import content_key

SPEC = task_pb2.TaskSpec(
    kind=task_pb2.TASK_KIND_SPEECH,
    engine=task_pb2.EngineRef(engine="kokoro", revision="1"),
    speech=task_pb2.SpeechSpec(text="Wait."),
)


def test_plan_key_and_content_key_never_meet() -> None:
    assert plan_key(SPEC, {}) != content_key(SPEC, {})


def test_an_input_with_another_plan_is_another_plan_key() -> None:
    assert plan_key(SPEC, {"still:CONTENT": b"a"}) != plan_key(SPEC, {"still:CONTENT": b"b"})


def test_seeds_differ_by_each_part_and_fit_63_bits() -> None:
    seeds = {seed_of("p", "shot", "1"), seed_of("p", "shot", "2"), seed_of("q", "shot", "1")}

    assert len(seeds) == 3
    assert all(0 <= seed < 2**63 for seed in seeds)
