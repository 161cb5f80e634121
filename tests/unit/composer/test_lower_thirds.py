"""Lower thirds in a scene: where and how long they show, and that nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio_composer.burned_captions import caption_overlay
from studio_composer.calm_places import Box, calmest
from studio_composer.engines.segment import SegmentEngine
from studio_composer.looks import CaptionStyle, Position
from studio_composer.lower_thirds import lower_third_overlay
from studio_composer.orders import LowerThird, SegmentOrder
from studio_composer.safe_areas import safe_area
from studio_composer.typefaces import SANS, house_face
from studio_media.picture import frames
from tests.unit.composer.material import HEIGHT_PX, WIDTH_PX, WatchedRun, content, segment_order

SIZES = [(1_280, 720), (1_280, 536), (720, 1_280), (720, 720), (WIDTH_PX, HEIGHT_PX)]
LONG = LowerThird("The Old Lighthouse at the End of the Long Pier of Stones", "An hour before dawn")


def written_over(order: SegmentOrder, *lines: LowerThird) -> SegmentOrder:
    first, *others = order.shots
    return replace(order, shots=(replace(first, lower_thirds=lines), *others))


def shares(folder: Path, order: SegmentOrder) -> list[float]:
    """How much of each picture of a scene differs from the same without lower thirds."""
    plain = replace(order, shots=tuple(replace(shot, lower_thirds=()) for shot in order.shots))
    pairs = [
        list(frames(content(product, "picture")))
        for product in SegmentEngine(folder).run([plain, order], [WatchedRun(), WatchedRun()])
    ]
    return [float(np.mean(np.abs(one.y.astype(int) - two.y) > 24)) for one, two in zip(*pairs, strict=True)]


def test_a_lower_third_comes_and_goes_within_its_shot(tmp_path: Path) -> None:
    order = written_over(segment_order(tmp_path / "in", lengths=(72, 36)), LowerThird("Dover", "1940"))

    differing = shares(tmp_path, order)

    shown = [frame for frame, share in enumerate(differing) if share > 0.02]
    assert 6 <= shown[0] <= 16
    assert 50 <= shown[-1] <= 58
    assert len(shown) == shown[-1] - shown[0] + 1
    assert max(differing[72:]) == 0


def test_several_follow_each_other_before_their_shot_ends(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))

    differing = shares(tmp_path, written_over(order, LowerThird("Dover"), LowerThird("Mara Voss", "Pilot")))

    assert max(differing[:6]) < 0.02
    assert differing[16] > 0.02
    assert differing[36] > 0.02
    assert max(differing[48:]) == 0


@pytest.mark.parametrize(("width_px", "height_px"), SIZES)
def test_a_lower_third_keeps_to_the_safe_area_and_above_captions(width_px: int, height_px: int) -> None:
    area = safe_area(width_px, height_px)

    overlay = lower_third_overlay(LONG, width_px, height_px)

    assert overlay is not None
    high_px, wide_px = overlay.alpha.shape
    assert area.left_px - 2 <= overlay.left_px
    assert overlay.left_px + wide_px <= area.right_px
    assert overlay.top_px >= area.top_px
    assert overlay.top_px + high_px <= area.lower_third_px + 2


@pytest.mark.parametrize("position", Position)
def test_captions_burned_into_an_upright_film_keep_out_of_what_feeds_cover(position: Position) -> None:
    style = CaptionStyle(position=position, margin_permille=20, burned_in=True)
    area = safe_area(1_080, 1_920)

    overlay = caption_overlay(("She never answered", "any of them."), style, house_face(SANS), 1_080, 1_920)

    assert overlay is not None
    high_px, wide_px = overlay.alpha.shape
    assert area.top_px - 2 <= overlay.top_px
    assert overlay.top_px + high_px <= area.bottom_px + 2
    # The box around the letters may stand out by its padding.
    assert wide_px <= area.width_px + 0.1 * 1_080


def test_words_go_where_little_is_to_be_hidden_and_stay_where_all_places_are_alike() -> None:
    low, high = Box(20, 200, 60, 16), Box(20, 40, 60, 16)
    figure, crowd = np.full((320, 180), 90, np.uint8), np.full((320, 180), 90, np.uint8)
    figure[190:300, 40:60] = 200
    crowd[:, 40:60] = 200

    assert calmest([figure], [low, high]) == high
    assert calmest([crowd], [low, high]) == low
    assert calmest([np.full((320, 180), 90, np.uint8)], [low, high]) == low


def test_letters_that_no_font_has_give_no_lower_third() -> None:
    assert lower_third_overlay(LowerThird("街道"), 1_280, 720) is None
