"""What a view shows of a plane, against linear interpolation worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray

from studio_videogen.path import View
from studio_videogen.sheet import LEAD_MAX_PX, MARGIN_PX, OFF_MAX_PX, Sheet, start_of

LEVELS_A_PIXEL = 2
WIDTH_PX = 100
ROUNDING_LEVELS = 0.05


def ramp() -> NDArray[np.uint8]:
    """Brighter by two levels each pixel to the right."""
    return np.tile(20 + LEVELS_A_PIXEL * np.arange(WIDTH_PX, dtype=np.uint8), (60, 1))


def displacement_px(view: View) -> float:
    """How far to the right of its place a view of 64 by 36 pixels was taken, on average."""
    places = view.left + (np.arange(64) + 0.5) * view.step - 0.5
    up, down = (Sheet(plane).seen(view, 64, 36).astype(float) for plane in (ramp(), 255 - ramp()))
    # One rises where the other falls, so that the levels lost by rounding cancel out.
    return float(np.mean((up - down + 255) / 2 - (20 + LEVELS_A_PIXEL * places))) / LEVELS_A_PIXEL


@given(first=some.floats(MARGIN_PX, 4000), step=some.floats(0.3, 1.3))
def test_a_start_meets_the_view_within_a_16th_of_a_pixel(first: float, step: float) -> None:
    start = start_of(first, step)

    if start is not None:
        assert abs(start.source_px + start.lead_px * step - first) <= OFF_MAX_PX + 1e-9
        assert 0 <= start.lead_px <= LEAD_MAX_PX
        assert start.source_px >= 0


def test_a_start_on_a_whole_pixel_needs_no_lead() -> None:
    start = start_of(17.0, 1.2345)

    assert start is not None
    assert (start.source_px, start.lead_px) == (17, 0)


def test_there_is_no_start_where_every_pixel_falls_between_two() -> None:
    assert start_of(340.5, 1.0) is None


@pytest.mark.parametrize("step", [0.71, 1.0761, 1.19999, 1.2077])
@pytest.mark.parametrize("left", [1.0, 4.37, 9.5])
def test_a_view_is_taken_at_its_place_to_a_part_of_a_pixel(left: float, step: float) -> None:
    off_px = displacement_px(View(left, 2.25, step))

    assert abs(off_px) <= OFF_MAX_PX + ROUNDING_LEVELS / LEVELS_A_PIXEL


def test_a_view_of_a_step_of_one_from_a_whole_pixel_is_the_planes_own_pixels() -> None:
    plane = np.random.default_rng(1).integers(0, 256, (60, WIDTH_PX), dtype=np.uint8)

    seen = Sheet(plane).seen(View(3, 5, 1.0), 64, 36)

    assert np.array_equal(seen, plane[5:41, 3:67])


def test_a_view_without_a_start_looks_like_its_neighbour_that_has_one() -> None:
    plane = np.random.default_rng(2).integers(90, 160, (60, WIDTH_PX), dtype=np.uint8)
    whole, between = View(1.0, 1.0, 1.5), View(1.0, 1.1, 1.5)
    assert start_of(MARGIN_PX + whole.top, whole.step) is not None
    assert start_of(MARGIN_PX + between.top, between.step) is None

    first, second = (Sheet(plane).seen(view, 64, 36).astype(int) for view in (whole, between))

    shifted_levels = 0.1 * (160 - 90)
    assert np.abs(first - second).max() <= shifted_levels + 1
