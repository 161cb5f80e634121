"""From the broker's task specs to clip orders, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.generation.v1 import task_pb2
from studio_platform.engine import EngineFailure, Input
from studio_videogen.orders import ClipOrder, Move, Spoken

STILL_ROLE = "still"


def order_of(spec: task_pb2.TaskSpec, inputs: Mapping[str, Input]) -> ClipOrder:
    """Return the order that a resolved spec describes; an unset move is HOLD.

    Raises EngineFailure, permanent, for another kind of work, no length or no still.
    """
    if spec.WhichOneof("work") != "clip" or not spec.clip.length_frames:
        raise _refusal("The order is no clip with a length.")
    if STILL_ROLE not in inputs:
        raise _refusal("The order has no still to move over.")
    clip = spec.clip
    return ClipOrder(
        width_px=clip.size.width_px,
        height_px=clip.size.height_px,
        rate_numerator=clip.rate.numerator,
        rate_denominator=clip.rate.denominator,
        length_frames=clip.length_frames,
        move=_move(clip.move),
        strength_permille=clip.strength_permille,
        seed=spec.seed,
        still=inputs[STILL_ROLE],
        speeches=tuple(
            Spoken(heard.start_frame, inputs[heard.role]) for heard in clip.speeches if heard.role in inputs
        ),
        prompt=clip.prompt,
    )


def _move(move: task_pb2.CameraMove.ValueType) -> Move:
    if move == task_pb2.CAMERA_MOVE_UNSPECIFIED:
        return Move.HOLD
    return Move(task_pb2.CameraMove.Name(move).removeprefix("CAMERA_MOVE_"))


def _refusal(text: str) -> EngineFailure:
    return EngineFailure("BAD_SPEC", text, permanent=True)
