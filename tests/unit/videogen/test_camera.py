"""The camera engine and its path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from filmstudio.generation.v1 import task_pb2
from studio_media.picture import frames, probe
from studio_platform.engine import EngineFailure, Input, RunCancelled
from studio_videogen.convert import order_of
from studio_videogen.engines.camera import CameraEngine, make_clip
from studio_videogen.engines.null import NullEngine
from studio_videogen.orders import ClipOrder, Move
from studio_videogen.path import views


class Watched:
    """A run that is cancelled after so many looks."""

    def __init__(self, looks: int = 10_000) -> None:
        self._looks = looks
        self.percents: list[int] = []

    def progress(self, percent: int) -> None:
        self.percents.append(percent)

    def raise_if_cancelled(self) -> None:
        self._looks -= 1
        if self._looks < 0:
            raise RunCancelled


def painting() -> NDArray[np.uint8]:
    rows, columns = np.mgrid[0:180, 0:320]
    red = 128 + 90 * np.sin(columns / 17.0) * np.cos(rows / 23.0)
    green = 128 + 90 * np.sin(columns / 29.0 + rows / 13.0)
    return np.dstack([red, green, np.full_like(red, 60.0)]).astype(np.uint8)


@pytest.fixture
def still(tmp_path: Path) -> Input:
    path = tmp_path / "image"
    data = cv2.imencode(".png", cv2.cvtColor(painting(), cv2.COLOR_RGB2BGR))[1]
    path.write_bytes(data.tobytes())
    return Input("still", {"image": path})


def order(still: Input, move: Move = Move.PAN_RIGHT, **changes: int) -> ClipOrder:
    values: dict[str, Any] = {
        "width_px": 256,
        "height_px": 144,
        "rate_numerator": 24,
        "rate_denominator": 1,
        "length_frames": 30,
        "strength_permille": 1000,
        "seed": 7,
        **changes,
    }
    return ClipOrder(move=move, still=still, speeches=(), **values)


def test_a_clip_has_exactly_the_ordered_frames_size_and_colours(still: Input) -> None:
    product = make_clip(order(still), Watched())

    facts = probe(product.parts[0].data or b"")
    assert (product.frames, product.length_ms) == (30, 1250)
    assert sum(1 for _ in frames(product.parts[0].data or b"")) == 30
    assert (facts.width_px, facts.height_px) == (256, 144)
    assert facts.is_house_colour


def test_the_same_order_makes_the_same_bytes(still: Input) -> None:
    first, second = (make_clip(order(still, Move.HANDHELD), Watched()).parts[0].data for _ in range(2))

    assert first == second


def test_clips_of_different_stills_and_moves_join_by_packet_copy(still: Input) -> None:
    sets = {
        probe(make_clip(order(still, move), Watched()).parts[0].data or b"").parameter_sets for move in Move
    }

    assert len(sets) == 1


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("strength_permille", [0, 1000, 2000, 9000])
def test_no_view_ever_shows_a_border(still: Input, move: Move, strength_permille: int) -> None:
    asked = order(still, move, strength_permille=strength_permille, length_frames=200)

    for view in views(asked, 320, 180):
        assert view.left >= 0
        assert view.top >= 0
        assert view.left + asked.width_px * view.step <= 320
        assert view.top + asked.height_px * view.step <= 180


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [(Move.PAN_RIGHT, 0, 1), (Move.PAN_LEFT, 0, -1), (Move.TILT_DOWN, 1, 1), (Move.TILT_UP, 1, -1)],
)
def test_a_sweep_goes_its_way_and_never_back(still: Input, move: Move, axis: int, sign: int) -> None:
    path = views(order(still, move, length_frames=60), 320, 180)
    places = [(view.left, view.top)[axis] * sign for view in path]

    assert places == sorted(places)
    assert places[-1] - places[0] > 10


def test_a_move_has_no_jerk(still: Input) -> None:
    places = np.array([view.left for view in views(order(still, length_frames=120), 320, 180)])

    assert np.abs(np.diff(places, n=3)).max() < 0.01


def test_a_push_comes_closer_and_a_pull_goes_back(still: Input) -> None:
    push = views(order(still, Move.PUSH_IN), 320, 180)
    pull = views(order(still, Move.PULL_OUT), 320, 180)

    assert push[-1].step < push[0].step
    assert pull[-1].step > pull[0].step


def test_a_held_shot_is_never_fully_dead_unless_asked(still: Input) -> None:
    assert len(set(views(order(still, Move.HOLD), 320, 180))) > 1
    assert len(set(views(order(still, Move.HOLD, strength_permille=0), 320, 180))) == 1


def test_a_cancel_ends_the_clip_at_the_next_look(still: Input) -> None:
    with pytest.raises(RunCancelled):
        make_clip(order(still), Watched(looks=1))


def test_progress_never_goes_back(still: Input) -> None:
    run = Watched()
    make_clip(order(still), run)

    assert run.percents == sorted(run.percents)


def test_a_broken_still_is_refused_for_good(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(b"no picture")

    with pytest.raises(EngineFailure, match="BAD_STILL") as refused:
        make_clip(order(Input("still", {"image": path})), Watched())
    assert refused.value.permanent


def test_an_odd_size_is_refused_for_good(still: Input) -> None:
    with pytest.raises(EngineFailure, match="BAD_SPEC"):
        make_clip(order(still, width_px=255), Watched())


def test_the_null_engine_makes_a_clip_that_joins_with_the_cameras(still: Input) -> None:
    grey = NullEngine().run([order(still)], [Watched()])[0]
    real = make_clip(order(still), Watched())

    sets = [probe(product.parts[0].data or b"").parameter_sets for product in (grey, real)]
    assert sets[0] == sets[1]
    assert grey.frames == 30


def test_a_spec_becomes_its_order(still: Input) -> None:
    spec = task_pb2.TaskSpec(
        seed=9,
        clip=task_pb2.ClipSpec(
            size=task_pb2.Size(width_px=64, height_px=64),
            rate=task_pb2.Rate(numerator=24, denominator=1),
            length_frames=5,
            move=task_pb2.CAMERA_MOVE_TILT_UP,
            strength_permille=700,
        ),
    )

    made = order_of(spec, {"still": still})

    assert made == ClipOrder(64, 64, 24, 1, 5, Move.TILT_UP, 700, 9, still)


def test_a_spec_without_length_or_still_is_refused(still: Input) -> None:
    with pytest.raises(EngineFailure, match="length"):
        order_of(task_pb2.TaskSpec(clip=task_pb2.ClipSpec()), {"still": still})
    with pytest.raises(EngineFailure, match="still"):
        order_of(task_pb2.TaskSpec(clip=task_pb2.ClipSpec(length_frames=5)), {})


def test_the_description_names_profile_and_encoder() -> None:
    described = CameraEngine().describe()

    assert described.kind == "CLIP"
    assert "house4" in described.revision


def test_a_clip_says_where_its_camera_looked_in_its_first_frame_in_its_last_and_between(still: Input) -> None:
    wanted = order(still, length_frames=30)

    told = json.loads(make_clip(wanted, Watched()).parts[1].data or b"")

    first, last = (views(wanted, 320, 180)[frame] for frame in (0, 29))
    boxes = [view["box"] for view in told["views"]]
    assert len(boxes) == 1 + -(-29 // told["every_frames"])
    assert boxes[0][0] == round(first.left / 320 * 100_000)
    assert boxes[-1][0] == round(last.left / 320 * 100_000)
    assert boxes[-1][2] == round(256 * last.step / 320 * 100_000)
    assert boxes[-1][3] == round(144 * last.step / 180 * 100_000)
