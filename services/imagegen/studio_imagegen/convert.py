"""From the broker's task specs to still orders, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.generation.v1 import task_pb2
from studio_imagegen.orders import Figure, StillOrder
from studio_platform.engine import EngineFailure, Input

_PLACES = {
    task_pb2.PLACE_UNSPECIFIED: "INT_EXT",
    task_pb2.PLACE_INTERIOR: "INT",
    task_pb2.PLACE_EXTERIOR: "EXT",
    task_pb2.PLACE_BOTH: "INT_EXT",
}

_POSTURES = {
    task_pb2.POSTURE_UNSPECIFIED: "STAND",
    task_pb2.POSTURE_SITTING: "SIT",
    task_pb2.POSTURE_LYING: "LIE",
    task_pb2.POSTURE_KNEELING: "KNEEL",
}
_SIDES = {task_pb2.SIDE_UNSPECIFIED: 0, task_pb2.SIDE_LEFT: -1, task_pb2.SIDE_RIGHT: 1}


def order_of(spec: task_pb2.TaskSpec, inputs: Mapping[str, Input]) -> StillOrder:
    """Return the order that a spec describes; of inputs a still has portraits alone.

    Raises EngineFailure, permanent, for another kind of work.
    """
    if spec.WhichOneof("work") != "still":
        raise EngineFailure("BAD_SPEC", "The order is no still.", permanent=True)
    still = spec.still
    return StillOrder(
        width_px=still.size.width_px,
        height_px=still.size.height_px,
        seed=spec.seed,
        heading=still.heading,
        place=_PLACES[still.place],
        location=still.location,
        time_of_day=task_pb2.TimeOfDay.Name(still.time_of_day).removeprefix("TIME_OF_DAY_"),
        shot_size=_shot_size(still.shot_size),
        figures=tuple(_figure(figure, inputs) for figure in still.figures),
        speaker=still.speaker,
        action=still.action,
        surroundings=still.surroundings,
        prompt=still.prompt,
        negative_prompt=still.negative_prompt,
    )


def _figure(figure: task_pb2.Figure, inputs: Mapping[str, Input]) -> Figure:
    return Figure(
        figure.name,
        figure.look,
        figure.seed,
        figure.wardrobe,
        _SIDES[figure.side],
        _POSTURES[figure.posture],
        figure.holding,
        _portrait(figure, inputs),
    )


def _portrait(figure: task_pb2.Figure, inputs: Mapping[str, Input]) -> bytes:
    """Read at once: the files of a run's inputs go with it, and faces are kept."""
    brought = inputs.get(figure.portrait)
    return brought.parts["image"].read_bytes() if brought is not None else b""


def _shot_size(size: task_pb2.ShotSize.ValueType) -> str:
    if size == task_pb2.SHOT_SIZE_UNSPECIFIED:
        return "MEDIUM"
    return task_pb2.ShotSize.Name(size).removeprefix("SHOT_SIZE_")
