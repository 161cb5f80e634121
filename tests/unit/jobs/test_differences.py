"""What changed between two plans, shot by shot."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.causes import Cause, causes_between, settled
from studio_jobs.domain.differences import Change, Differences, ShotTask, compare
from studio_jobs.domain.states import TaskKind


def still(shot: str, words: str = "") -> ShotTask:
    spec = task_pb2.TaskSpec(kind=task_pb2.TASK_KIND_STILL, still=task_pb2.StillSpec(action=words))
    return ShotTask(
        shot, TaskKind.STILL, f"scene 1 shot {shot} still", words.encode(), spec.SerializeToString(), 1, 2
    )


def changes(found: Differences) -> list[tuple[str, Change]]:
    return [(shot.shot_id, shot.change) for shot in found.shots]


def film(order: str) -> list[ShotTask]:
    return [still(shot) for shot in order]


def test_equal_plans_differ_in_nothing() -> None:
    found = compare(film("abc"), film("abc"))

    assert (found.unchanged, found.shots) == (3, ())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("abc", "abcd", [("d", Change.NEW)]),
        ("abc", "ac", [("b", Change.GONE)]),
        ("abcde", "bcdea", [("a", Change.MOVED)]),
        ("abcde", "eabcd", [("e", Change.MOVED)]),
        ("abcd", "acbd", [("c", Change.MOVED)]),
        ("", "ab", [("a", Change.NEW), ("b", Change.NEW)]),
    ],
)
def test_as_few_shots_as_can_be_are_said_to_have_moved(
    before: str, after: str, expected: list[tuple[str, Change]]
) -> None:
    found = changes(compare(film(before), film(after)))

    assert len(found) == len(expected)
    assert {change for _, change in found} == {change for _, change in expected}


def test_a_changed_shot_has_its_cause_in_words() -> None:
    (shot,) = compare([still("a", "He sits.")], [still("a", "He stands.")]).shots

    assert shot.change is Change.CHANGED
    assert shot.causes == ((Cause.SCRIPT, "He sits. -> He stands."),)
    assert shot.name == "scene 1 shot a"


def spec(**fields: object) -> task_pb2.TaskSpec:
    return task_pb2.TaskSpec(kind=task_pb2.TASK_KIND_STILL, **fields)  # type: ignore[arg-type]  # fields by name


def stills(**fields: object) -> task_pb2.TaskSpec:
    return spec(still=task_pb2.StillSpec(**fields))  # type: ignore[arg-type]  # fields by name


def figure(**fields: object) -> task_pb2.TaskSpec:
    return stills(figures=[task_pb2.Figure(name="MARA", **fields)])  # type: ignore[arg-type]  # fields by name


def speech(**fields: object) -> task_pb2.TaskSpec:
    return spec(speech=task_pb2.SpeechSpec(**fields))  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("before", "after", "cause", "words"),
    [
        (figure(look="tall"), figure(look="old"), Cause.LOOK, "tall -> old"),
        (figure(look=""), figure(look="old"), Cause.LOOK, "none -> old"),
        (speech(voice="a"), speech(voice="b"), Cause.VOICE, "a -> b"),
        (speech(text="Go."), speech(text="Stay."), Cause.SCRIPT, "Go. -> Stay."),
        (spec(seed=1), spec(seed=2), Cause.SEED, ""),
        (
            spec(engine=task_pb2.EngineRef(engine="e", revision="1")),
            spec(engine=task_pb2.EngineRef(engine="e", revision="2")),
            Cause.ENGINE,
            "1 -> 2",
        ),
        (
            spec(engine=task_pb2.EngineRef(model_revision="1")),
            spec(engine=task_pb2.EngineRef(model_revision="2")),
            Cause.MODEL,
            "1 -> 2",
        ),
        (
            stills(size=task_pb2.Size(width_px=2, height_px=2)),
            stills(size=task_pb2.Size(width_px=4, height_px=2)),
            Cause.SIZE,
            "2 x 2 -> 4 x 2",
        ),
        (stills(heading="INT. A"), stills(heading="INT. B"), Cause.SCRIPT, "INT. A -> INT. B"),
    ],
)
def test_the_field_that_differs_names_the_cause(
    before: task_pb2.TaskSpec, after: task_pb2.TaskSpec, cause: Cause, words: str
) -> None:
    assert causes_between(before, after) == [(cause, words)]


def clip(rate: int, frames: int) -> task_pb2.TaskSpec:
    of = task_pb2.Rate(numerator=rate, denominator=1)
    timing = task_pb2.ShotTiming(min_frames=frames, rate=of)
    return spec(clip=task_pb2.ClipSpec(rate=of), timings=[timing])


def test_another_rate_is_one_cause_though_it_changes_every_length() -> None:
    assert [cause for cause, _ in causes_between(clip(24, 48), clip(30, 60))] == [Cause.RATE]


def test_a_length_is_the_scripts_doing_unless_somebody_edited_it() -> None:
    found = dict(causes_between(clip(24, 48), clip(24, 60)))

    assert list(settled(found, frozenset())) == [Cause.SCRIPT]
    assert list(settled(found, {Cause.DURATION})) == [Cause.DURATION]


@pytest.mark.parametrize(
    ("fields", "edited", "causes"),
    [
        ({"prompt": "new"}, {Cause.PROMPT}, [Cause.PROMPT]),
        ({"negative_prompt": "new"}, {Cause.PROMPT}, [Cause.PROMPT]),
        ({"prompt": "new"}, set(), [Cause.LOOK]),
        ({"prompt": "new", "action": "new"}, set(), [Cause.SCRIPT]),
        ({"prompt": "new", "action": "new"}, {Cause.PROMPT}, [Cause.SCRIPT, Cause.PROMPT]),
    ],
)
def test_a_prompt_follows_from_script_and_looks_unless_somebody_edited_it(
    fields: dict[str, str], edited: set[Cause], causes: list[Cause]
) -> None:
    found = dict(causes_between(stills(), stills(**fields)))

    assert sorted(settled(found, edited)) == causes


def test_every_field_of_a_shots_spec_has_a_cause_of_its_own() -> None:
    found = {
        field.name: causes_between(stills(), stills(**{field.name: "x"}))[0][0]
        for field in task_pb2.StillSpec.DESCRIPTOR.fields
        if field.type == field.TYPE_STRING
    }

    assert {name for name, cause in found.items() if cause is Cause.OTHER} == set()
