"""What a camera that goes straight at one distance shows, against a look taken at each place anew."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from studio_videogen.orders import Move
from studio_videogen.path import View
from studio_videogen.rail import PARTS_A_PIXEL, Rail, Sweep, sweep_of
from studio_videogen.sheet import Sheet
from studio_videogen.veil import Window

STEP = 1.3


def slopes() -> NDArray[np.uint8]:
    """Softly brighter to the right and down, so that a place can be read off a level."""
    down, across = np.mgrid[0:120, 0:200]
    return np.asarray(across * 0.7 + down * 0.8, dtype=np.uint8)


@pytest.mark.parametrize("sweep", list(Sweep))
def test_a_place_on_the_way_is_seen_as_by_a_look_taken_there(sweep: Sweep) -> None:
    rail, sheet = Rail(slopes(), sweep), Sheet(slopes())
    places = np.linspace(2.0, 40.0, 57)

    for place in places:
        across, down = (place, 5.0) if sweep is Sweep.ACROSS else (5.0, place)
        view = View(across, down, STEP)
        off = np.abs(rail.seen(view, 96, 48).astype(int) - sheet.seen(view, 96, 48))
        assert off.max() <= 2


def test_a_part_of_a_pixel_is_scaled_once_for_all_frames_that_come_to_it() -> None:
    rail = Rail(slopes(), Sweep.ACROSS)
    moves = [rail.seen(View(pixel * STEP, 5.0, STEP), 96, 48) for pixel in range(1, 9)]

    assert len({id(seen.base) for seen in moves}) == 1
    assert all(seen.base is not None for seen in moves)


def test_parts_of_a_pixel_are_too_small_to_be_seen_as_shake() -> None:
    assert 1 / PARTS_A_PIXEL / np.sqrt(12) < 0.05


def test_a_view_beyond_the_way_is_seen_all_the_same() -> None:
    view = View(120.0, 5.0, STEP)

    assert np.array_equal(Rail(slopes(), Sweep.ACROSS).seen(view, 96, 48), Sheet(slopes()).seen(view, 96, 48))


def test_another_distance_or_height_is_another_way() -> None:
    rail = Rail(slopes(), Sweep.ACROSS)
    first = rail.seen(View(10.0, 5.0, STEP), 96, 48).astype(int)

    higher, nearer = (rail.seen(view, 96, 48) for view in (View(10.0, 15.0, STEP), View(10.0, 5.0, 1.0)))

    assert 7 <= (higher - first).mean() <= 9
    assert (nearer - first).mean() < -10


def test_pans_and_tilts_go_straight_and_other_moves_do_not() -> None:
    straight = [move for move in Move if sweep_of(move) is not None]

    assert straight == [Move.PAN_LEFT, Move.PAN_RIGHT, Move.TILT_UP, Move.TILT_DOWN]


def test_what_is_left_of_a_window_beside_another_covers_the_rest_of_it_once() -> None:
    outer, hole = Window(2, 4, 40, 30), Window(10, 0, 20, 12)
    covered = np.zeros((40, 50), int)

    for part in [*outer.without(hole), hole.within(outer)]:
        covered[part.top : part.bottom, part.left : part.right] += 1

    assert covered[4:30, 2:40].min() == covered.max() == 1
    assert covered.sum() == 38 * 26
