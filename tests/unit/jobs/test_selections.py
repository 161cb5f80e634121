"""Which shots a selection names."""

from __future__ import annotations

import pytest

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.render_options import completed
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.reader import read
from studio_jobs.selections import chosen_shots

FILM = break_down(
    read(
        b"INT. A - DAY\n\nRain.\n\nINT. B - DAY #1-A#\n\nSun.\n\n"
        b"INT. C - DAY\n\nWind.\n\nINT. D - DAY\n\nFog.\n"
    )
)


def scenes_of(*scenes: str, shots: tuple[str, ...] = ()) -> list[str]:
    """The locations of the scenes that have a chosen shot."""
    chosen = chosen_shots(FILM, jobs_pb2.Selection(scenes=scenes, shot_ids=shots))
    return [scene.location for scene in FILM.scenes if any(shot.shot_id in chosen for shot in scene.shots)]


@pytest.mark.parametrize(
    ("scenes", "expected"),
    [
        ((), ["A", "B", "C", "D"]),
        (("3",), ["C"]),
        (("3-4",), ["C", "D"]),
        (("1-A",), ["B"]),
        (("1-A-3",), ["B", "C"]),
        (("4", "1"), ["A", "D"]),
    ],
)
def test_scenes_are_named_by_their_numbers_which_may_hold_dashes(
    scenes: tuple[str, ...], expected: list[str]
) -> None:
    assert scenes_of(*scenes) == expected


def test_shots_are_added_to_scenes() -> None:
    shot = FILM.scenes[3].shots[0].shot_id

    assert scenes_of("1", shots=(shot,)) == ["A", "D"]


def test_everything_that_there_is_not_is_named_at_once() -> None:
    with pytest.raises(ScreenplayRefused, match="9, 4-3, shot-x") as refused:
        scenes_of("9", "4-3", shots=("shot-x",))

    assert refused.value.field == "options.selection"


@pytest.mark.parametrize(
    ("size", "proxy"),
    [
        ((1280, 720), (480, 270)),
        ((720, 1280), (270, 480)),
        ((1920, 800), (648, 270)),
        ((320, 180), (320, 180)),
    ],
)
def test_a_proxy_has_270_pixels_on_its_shorter_side_and_keeps_its_shape(
    size: tuple[int, int], proxy: tuple[int, int]
) -> None:
    options = jobs_pb2.RenderOptions(
        size=task_pb2.Size(width_px=size[0], height_px=size[1]), quality=jobs_pb2.QUALITY_PROXY
    )

    once = completed(options)

    assert (once.size.width_px, once.size.height_px) == proxy
    assert completed(once) == once
