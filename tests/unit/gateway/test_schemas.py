"""What the description of the HTTP API says of single fields."""

from __future__ import annotations

from filmstudio.generation.v1 import task_pb2
from filmstudio.shots.v1 import shots_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_gateway.http.schemas import Schemas


def test_a_number_that_may_be_zero_has_its_zero_beside_its_limits() -> None:
    settings = Schemas({}).object(shots_pb2.TakeSettings.DESCRIPTOR)

    assert settings["properties"]["durationMs"] == {
        "type": "integer",
        "anyOf": [{"const": 0}, {"minimum": 1000, "maximum": 60000}],
    }


def test_a_number_that_may_not_be_zero_has_its_limits_and_is_required() -> None:
    request = Schemas({}).object(shots_pb2.CompareTakesRequest.DESCRIPTOR)

    assert request["properties"]["first"] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert "first" in request["required"]


def test_fields_of_a_oneof_exclude_each_other() -> None:
    request = Schemas({}).object(timeline_pb2.MoveTimelineShotRequest.DESCRIPTOR)

    assert request["not"] == {"anyOf": [{"required": ["after", "before"]}]}
    assert "not" not in Schemas({}).object(shots_pb2.TakeSettings.DESCRIPTOR)


def test_of_a_oneof_that_is_required_one_field_must_be_there() -> None:
    target = Schemas({}).object(task_pb2.TaskSpec.DESCRIPTOR)

    (work,) = target["allOf"]
    assert {"required": ["still"]} in work["anyOf"]
    assert len(work["anyOf"]) == len(task_pb2.TaskSpec.DESCRIPTOR.oneofs_by_name["work"].fields)
