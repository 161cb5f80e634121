"""The window that an output of other proportions shows of a shot: who is in it, and how it moves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio_composer.figures import Box, Figure, Views, figures_from, views_from, whole_views
from studio_composer.framing import Shot, Window, windows
from studio_composer.orders import SpeechCue

FRAMES = 96
PORTRAIT = (720, 1280)
SQUARE = (720, 720)
SCOPE = (1680, 720)


def figure(name: str, middle: float, height: float = 0.6, down: float = 0.35) -> Figure:
    """A standing figure whose head is 0.06 wide and 0.13 high."""
    body = Box(middle - 0.1, down - 0.07, middle + 0.1, down - 0.07 + height)
    return Figure(name, body, Box(middle - 0.03, down - 0.065, middle + 0.03, down + 0.065))


def shot(
    *figures: Figure, size: tuple[int, int] = PORTRAIT, views: Views | None = None, **more: object
) -> Shot:
    shown = views or whole_views(FRAMES)
    return Shot(1280, 720, *size, 24.0, figures, shown, **more)  # type: ignore[arg-type]  # fields by name


def cue(frame: int, character: str) -> SpeechCue:
    return SpeechCue("speech", frame, character, "")


def panned(reach: float) -> Views:
    """A camera that goes so far to the right over its shot, gently."""
    time = np.linspace(0, 1, FRAMES)
    eased = time * time * (3 - 2 * time)
    left = 0.5 - 0.43 - reach / 2 + reach * eased
    return Views(np.stack([left, np.full(FRAMES, 0.07), np.full(FRAMES, 0.86), np.full(FRAMES, 0.86)], 1))


def holds(window: Window, framed: Shot, seen: Figure, frame: int) -> bool:
    """Whether the whole head of a figure is in the window of a frame."""
    if framed.is_narrowed:
        head = framed.views.across(seen.head.left, seen.head.right)
        first, last, side = window.left, window.left + window.width, framed.clip_width_px
    else:
        head = framed.views.down(seen.head.top, seen.head.bottom)
        first, last, side = window.top, window.top + window.height, framed.clip_height_px
    return bool(first <= head.first[frame] * side and head.last[frame] * side <= last)


@pytest.mark.parametrize("size", [PORTRAIT, SQUARE, SCOPE, (1280, 720), (404, 720)])
def test_the_window_is_the_largest_of_its_proportions_within_the_clip(size: tuple[int, int]) -> None:
    for window in windows(shot(figure("MARA", 0.9), size=size)):
        assert window.width / window.height == pytest.approx(size[0] / size[1])
        assert window.width == 1280 or window.height == 720
        assert window.left >= 0
        assert window.left + window.width <= 1280 + 1e-9
        assert window.top >= 0
        assert window.top + window.height <= 720 + 1e-9


def test_a_picture_without_characters_keeps_its_middle() -> None:
    [first, *_] = windows(shot())

    assert first.left + first.width / 2 == pytest.approx(640, abs=0.02)


@pytest.mark.parametrize("middle", [0.05, 0.3, 0.5, 0.95])
def test_a_lone_character_is_in_the_window_wherever_they_stand(middle: float) -> None:
    mara = figure("MARA", middle)
    framed = shot(mara)

    assert all(holds(window, framed, mara, at) for at, window in enumerate(windows(framed)))


def test_who_speaks_is_shown_and_not_who_is_larger() -> None:
    mara, tom = figure("MARA", 0.2), figure("TOM", 0.8, height=0.9)
    framed = shot(mara, tom, cues=(cue(6, "MARA"),), subject="TOM")

    assert all(holds(window, framed, mara, at) for at, window in enumerate(windows(framed)))


def test_in_silence_the_subject_is_shown_and_without_one_who_is_largest() -> None:
    mara, tom = figure("MARA", 0.2), figure("TOM", 0.8, height=0.9)
    by_subject, by_size = shot(mara, tom, subject="MARA"), shot(mara, tom)

    assert holds(windows(by_subject)[0], by_subject, mara, 0)
    assert holds(windows(by_size)[0], by_size, tom, 0)


def test_two_who_fit_are_both_in_the_window_and_it_never_moves() -> None:
    mara, tom = figure("MARA", 0.42), figure("TOM", 0.6)
    framed = shot(mara, tom, cues=(cue(0, "MARA"), cue(48, "TOM")))

    seen = windows(framed)

    assert len(set(seen)) == 1
    assert holds(seen[0], framed, mara, 0)
    assert holds(seen[0], framed, tom, 0)


def test_the_window_glides_to_the_next_speaker_and_stands_before_and_after() -> None:
    mara, tom = figure("MARA", 0.2), figure("TOM", 0.8)
    framed = shot(mara, tom, cues=(cue(0, "MARA"), cue(48, "TOM")))

    seen = windows(framed)
    steps = np.abs(np.diff([window.left for window in seen]))

    assert holds(seen[0], framed, mara, 0)
    assert holds(seen[-1], framed, tom, FRAMES - 1)
    assert steps[:36].max() == 0
    assert steps[60:].max() == 0
    # 768 px in 0.8 s, eased: no step is larger than one and a half of the mean.
    assert steps.max() <= 768 / 19.2 * 1.5 + 1
    assert np.abs(np.diff(steps)).max() < 13


def test_a_word_in_between_is_no_reason_to_go_there_and_back() -> None:
    mara, tom = figure("MARA", 0.2), figure("TOM", 0.8)
    framed = shot(mara, tom, cues=(cue(0, "MARA"), cue(40, "TOM"), cue(60, "MARA")))

    assert len(set(windows(framed))) == 1


def test_a_small_camera_move_is_left_to_the_picture() -> None:
    mara = figure("MARA", 0.5)
    framed = shot(mara, views=panned(0.1))

    seen = windows(framed)

    assert len(set(seen)) == 1
    assert all(holds(window, framed, mara, at) for at, window in enumerate(seen))


def test_a_camera_move_that_would_lose_somebody_is_followed_by_no_more_than_it_takes() -> None:
    mara = figure("MARA", 0.5)
    framed = shot(mara, views=panned(0.34))

    seen = windows(framed)
    lefts = np.array([window.left for window in seen])
    moved = np.diff(lefts)
    across = np.diff(framed.views.across(0.5, 0.5).middle) * 1280

    assert all(holds(window, framed, mara, at) for at, window in enumerate(seen))
    assert 0 < np.abs(moved).sum() < np.abs(across).sum() * 0.7
    assert (moved <= 0).all()
    assert np.abs(np.diff(moved)).max() < 0.5


def test_a_lower_window_keeps_heads_in_their_upper_half() -> None:
    mara = figure("MARA", 0.5, down=0.2)
    framed = shot(mara, size=SCOPE)

    [window, *_] = windows(framed)

    assert holds(window, framed, mara, 0)
    assert window.top < 60


def test_figures_are_read_with_heads_about_their_mouths(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    entry = {"name": "MARA", "box": [400, 200, 200, 800], "mouth": [510, 320]}
    bundle.write_text(json.dumps({"layers": [], "figures": [entry]}))

    [mara] = figures_from(bundle, 1600, 900)

    assert mara.name == "MARA"
    assert (mara.head.left + mara.head.right) / 2 == pytest.approx(0.51)
    assert mara.head.top == pytest.approx(0.2)
    assert mara.head.bottom == pytest.approx(0.36)


def test_views_between_those_told_lie_between_them(tmp_path: Path) -> None:
    path = tmp_path / "views"
    told = [{"box": [0, 0, 100_000, 100_000]}, {"box": [10_000, 0, 80_000, 80_000]}]
    path.write_text(json.dumps({"every_frames": 4, "views": told}))

    views = views_from(path, 5)

    assert views.boxes[2].tolist() == [0.05, 0.0, 0.9, 0.9]
    assert views.boxes[4].tolist() == [0.1, 0.0, 0.8, 0.8]


@pytest.mark.parametrize("text", ["[]", "{}", '{"every_frames": 0, "views": [{"box": [0, 0, 1, 1]}]}', "no"])
def test_a_file_that_holds_no_views_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "views"
    path.write_text(text)

    with pytest.raises((ValueError, KeyError, TypeError)):
        views_from(path, 5)
