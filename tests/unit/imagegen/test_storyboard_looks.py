"""What the drawn stills show: people one can tell apart, lit faces, weather, things and places."""

from __future__ import annotations

import io
import itertools
import json
from functools import cache

import numpy as np
import pytest
from PIL import Image

from studio_imagegen.engines.storyboard.engine import draw_still
from studio_imagegen.engines.storyboard.lettering import lines_in, written_in
from studio_imagegen.engines.storyboard.props import in_words, props
from studio_imagegen.engines.storyboard.sets import EXTERIORS
from studio_imagegen.engines.storyboard.staging import stage
from studio_imagegen.engines.storyboard.vocabulary import meanings
from studio_imagegen.engines.storyboard.wardrobe import GREY_HAIR, MEN, WOMEN, look_of
from studio_imagegen.orders import Figure, StillOrder

Picture = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
WARDROBES = tuple(
    (bearing, number)
    for bearing, rows in (("woman", WOMEN), ("man", MEN))
    for number in range(1, len(rows) + 1)
)
# Grain is at most 2 levels and a pen's edge a few more: what differs by less is the same picture.
NOTICED_LEVELS = 12
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


class Unwatched:
    """A run that nobody cancels."""

    def progress(self, percent: int) -> None:
        """Not looked at."""

    def raise_if_cancelled(self) -> None:
        """Never."""


@cache
def order(**changes: object) -> StillOrder:
    values: dict[str, object] = {
        "width_px": 480,
        "height_px": 270,
        "seed": 5,
        "place": "EXT",
        "location": "STREET",
        "time_of_day": "NIGHT",
        "shot_size": "MEDIUM",
        **changes,
    }
    return StillOrder(**values)  # type: ignore[arg-type]  # fields by name


@cache
def drawn(wanted: StillOrder) -> tuple[Picture, dict[str, dict[str, list[int]]]]:
    """The picture, and its figures by name."""
    parts = {part.role: part.data or b"" for part in draw_still(wanted, Unwatched()).parts}
    picture = np.asarray(Image.open(io.BytesIO(parts["image"])), np.float32)
    return picture, {figure["name"]: figure for figure in json.loads(parts["bundle"])["figures"]}


def changed(first: StillOrder, second: StillOrder) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """The pixels in which two stills differ noticeably."""
    seen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
        np.abs(drawn(first)[0] - drawn(second)[0]).max(axis=2) > NOTICED_LEVELS
    )
    return seen


def luma(pixels: Picture) -> float:
    return float((pixels @ LUMA).mean())


def around(picture: Picture, permille: list[int], shift_permille: tuple[int, int] = (0, 0)) -> Picture:
    """Nine pixels about a point of the bundle."""
    x = (permille[0] + shift_permille[0]) * picture.shape[1] // 1000
    y = (permille[1] + shift_permille[1]) * picture.shape[0] // 1000
    return picture[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)


def alone(bearing: str, number: int, **changes: object) -> StillOrder:
    return order(figures=(Figure("ANYBODY", bearing, 1, number, -1),), **changes)


def test_any_two_of_a_cast_differ_in_the_hue_of_their_coats_or_in_outline() -> None:
    empty = order()
    seen = {}
    for bearing, number in WARDROBES:
        wanted = alone(bearing, number)
        outline = changed(wanted, empty)
        rows, columns = np.nonzero(outline[150:230])
        coat = drawn(wanted)[0][150:230][rows, columns].mean(axis=0)
        seen[bearing, number] = outline, coat
    for (outline, coat), (other_outline, other_coat) in itertools.combinations(seen.values(), 2):
        hue_levels = float(np.abs(coat - other_coat).sum())
        outline_share = (outline ^ other_outline).sum() / (outline | other_outline).sum()
        assert hue_levels > 30 or outline_share > 0.12


@pytest.mark.parametrize("place", ["INT", "EXT"])
@pytest.mark.parametrize(("bearing", "number"), WARDROBES)
def test_by_night_every_face_is_lighter_than_what_is_behind_it(bearing: str, number: int, place: str) -> None:
    location = "OFFICE" if place == "INT" else "STREET"
    wanted = alone(bearing, number, shot_size="CLOSE", place=place, location=location)
    picture, figures = drawn(wanted)
    empty, _ = drawn(order(shot_size="CLOSE", place=place, location=location))

    cheek = around(picture, figures["ANYBODY"]["mouth"], (-30, -70))
    behind = empty[40:170, 120:360].reshape(-1, 3)

    assert luma(cheek) > float(np.median(behind @ LUMA)) + 12


@pytest.mark.parametrize("expression", ["", "smiling", "angrily", "afraid", "crying", "laughing"])
@pytest.mark.parametrize("speaker", ["ANYBODY", ""])
def test_the_mouth_of_the_bundle_lies_on_the_drawn_mouth(expression: str, speaker: str) -> None:
    wanted = alone("man", 1, shot_size="CLOSE", action=expression, speaker=speaker, time_of_day="DAY")
    picture, figures = drawn(wanted)

    mouth, cheek = (around(picture, figures["ANYBODY"]["mouth"], shift) for shift in ((0, 0), (-30, -70)))

    assert luma(mouth) < luma(cheek) - 25


def test_a_speaking_mouth_is_open() -> None:
    silent, speaking = (alone("man", 1, shot_size="CLOSE", speaker=name) for name in ("", "ANYBODY"))

    rows, _ = np.nonzero(changed(silent, speaking))

    mouth_y = drawn(speaking)[1]["ANYBODY"]["mouth"][1] * 270 // 1000
    assert rows.size > 0
    assert abs(float(rows.mean()) - mouth_y) < 20


@pytest.mark.parametrize(
    "words", ["smiling", "angrily", "afraid", "sadly", "surprised", "laughing", "praying"]
)
def test_an_expression_changes_the_face_and_nothing_else(words: str) -> None:
    calm, moved = (alone("woman", 1, shot_size="CLOSE", action=text) for text in ("", words))

    rows, columns = np.nonzero(changed(calm, moved))

    left, top, wide, high = drawn(moved)[1]["ANYBODY"]["box"]
    assert rows.size > 20
    assert columns.min() >= left * 480 // 1000
    assert columns.max() <= (left + wide) * 480 // 1000
    assert rows.max() < (top + high * 0.75) * 270 / 1000


def test_two_who_talk_look_at_each_other_from_their_own_sides() -> None:
    left, right = Figure("IRIS", "woman", 1, 1, -1), Figure("TOM", "man", 2, 1, 1)

    (iris,) = stage(order(shot_size="CLOSE", figures=(left,), speaker="IRIS")).marks
    (tom,) = stage(order(shot_size="CLOSE", figures=(right,), speaker="TOM")).marks
    both = stage(order(figures=(right, left))).marks

    assert (iris.facing, tom.facing) == (1, -1)
    assert iris.x < 0 < tom.x
    assert sorted(both, key=lambda mark: mark.x)[0].figure.name == "IRIS"


def test_over_the_shoulder_the_listener_is_seen_from_behind_in_their_own_coat() -> None:
    speaker, red, blue = (
        Figure("A", "man", 1, 2, -1),
        Figure("B", "woman", 2, 1, 1),
        Figure("B", "man", 2, 1, 1),
    )
    pictures = [
        drawn(order(shot_size="OVER_SHOULDER", figures=(speaker, b), speaker="A", time_of_day="DAY"))[0]
        for b in (red, blue)
    ]

    shoulders = [picture[235:265, 380:440].reshape(-1, 3).mean(axis=0) for picture in pictures]

    assert shoulders[0][0] - shoulders[0][2] > shoulders[1][0] - shoulders[1][2] + 20


def test_a_childs_box_is_lower_than_a_grown_ups() -> None:
    figures = (Figure("BEN", "man", 1, 1, -1), Figure("KIM", "girl", 2, 2, 1))
    _, boxes = drawn(order(shot_size="WIDE", figures=figures))

    assert boxes["KIM"]["box"][3] < 0.85 * boxes["BEN"]["box"][3]


def test_sixty_has_grey_hair_and_no_hat() -> None:
    look = look_of(Figure("IRIS", "woman, sixty", 1, 1))

    assert look.hair_colour == GREY_HAIR
    assert not look.extras & {"HAT", "CAP"}


@pytest.mark.parametrize("number", range(16))
def test_a_hat_is_worn_by_nobody_of_whom_the_words_do_not_say_so(number: int) -> None:
    assert "HAT" not in look_of(Figure(f"NOBODY {number}", "", number)).extras
    assert "HAT" in look_of(Figure(f"NOBODY {number}", "in a hat", number)).extras


@pytest.mark.parametrize("weather", ["rain", "storm", "snow", "fog", "wind"])
def test_weather_is_in_the_air_outside(weather: str) -> None:
    differs = changed(order(shot_size="WIDE"), order(shot_size="WIDE", surroundings=weather))

    assert differs.mean() > 0.005
    assert differs[:, :240].any()
    assert differs[:, 240:].any()


@pytest.mark.parametrize("weather", ["rain", "snow"])
def test_inside_weather_shows_on_the_panes_alone(weather: str) -> None:
    room = {"shot_size": "WIDE", "place": "INT", "location": "OFFICE", "time_of_day": "NIGHT"}
    sky = {"surroundings": "fog"}  # other tones than a clear sky's, but nothing falls

    window = changed(order(**room, **sky), order(**room, surroundings=weather))[30:125, 85:200]
    elsewhere = changed(order(**room), order(**room, surroundings=weather))[150:, 240:]

    assert window.mean() > 0.05
    assert elsewhere.mean() < 0.02


@pytest.mark.parametrize("name", sorted(props()))
def test_every_thing_is_drawn_in_its_own_way(name: str) -> None:
    anything = stage_insert("quux")

    assert changed(anything, stage_insert(WORDS[name])).mean() > 0.02 or name == "HAND"


def stage_insert(words: str) -> StillOrder:
    return order(
        shot_size="INSERT", place="INT", location="OFFICE", action=f"A {words}.", width_px=240, height_px=136
    )


WORDS = {
    **{name: name.lower() for name in props()},
    "CLOSED_DOOR": "closed door",
    "DEAD_RADIO": "dead radio",
    "BROKEN_BRIDGE": "broken bridge",
    "LIGHT": "small light",
    "CRACK": "crack in it",
    "TORCH": "flashlight",
}


def test_every_word_for_a_thing_has_a_drawing() -> None:
    assert meanings("PROPS") <= set(props())
    assert all(in_words(f"A {words}.")[0] == name for name, words in WORDS.items() if name != "HAND")


@pytest.mark.parametrize("time_of_day", ["DAY", "NIGHT"])
@pytest.mark.parametrize("kind", sorted(meanings("INTERIORS")))
def test_every_room_differs_from_any_room(kind: str, time_of_day: str) -> None:
    of_kind, any_room = (
        order(
            shot_size="WIDE",
            place="INT",
            location=place,
            time_of_day=time_of_day,
            width_px=240,
            height_px=136,
        )
        for place in (kind, "QUUX")
    )

    assert changed(of_kind, any_room).mean() > 0.08


@pytest.mark.parametrize("kind", sorted(meanings("EXTERIORS") - {"FIELD"}))
def test_every_place_outside_differs_from_a_field(kind: str) -> None:
    of_kind, field = (
        order(shot_size="WIDE", location=place, time_of_day="DAY", width_px=240, height_px=136)
        for place in (kind, "FIELD")
    )

    assert kind in EXTERIORS
    assert changed(of_kind, field).mean() > 0.08


@pytest.mark.parametrize(
    ("action", "word"),
    [
        ("A wet envelope. On it, one word: SON.", "SON"),
        ("The sign reads STATION FOUR.", "STATION FOUR"),
        ('A note: "Come home".', "COME HOME"),
        ("An envelope lies on the table.", ""),
    ],
)
def test_only_a_word_that_the_script_quotes_is_written(action: str, word: str) -> None:
    assert written_in(action) == word


def test_the_quoted_word_and_the_told_lines_are_on_the_paper() -> None:
    bare, told = (
        order(shot_size="INSERT", place="INT", location="OFFICE", action=action)
        for action in ("An envelope.", "An envelope. On it, one word: SON.")
    )

    assert changed(bare, told)[100:220, 120:360].any()
    assert lines_in("Three lines, in pencil.") == 3


def test_a_thing_named_by_the_scene_hangs_in_the_same_place_in_every_wide_shot() -> None:
    without, first, second = (
        order(shot_size="WIDE", place="INT", location="OFFICE", action=action, surroundings=words)
        for action, words in (("", ""), ("", "clock"), ("He waits.", "clock"))
    )

    assert changed(without, first).any()
    assert not (changed(without, first) ^ changed(without, second)).any()


def test_people_fill_a_square_that_is_said_to_be_full() -> None:
    empty, full = (
        order(shot_size="WIDE", location="VILLAGE", action=action)
        for action in ("", "The village counts heads.")
    )

    assert changed(empty, full)[180:245].mean() > 0.05


def test_stills_with_all_of_this_are_the_same_bytes_again() -> None:
    wanted = order(
        shot_size="WIDE",
        location="VILLAGE",
        action="The crowd waits. IRIS holds a lantern.",
        surroundings="snow",
        figures=(Figure("IRIS", "woman, sixty", 1, 1, -1),),
    )

    assert draw_still(wanted, Unwatched()).parts == draw_still(wanted, Unwatched()).parts


@pytest.mark.parametrize(
    ("look", "aged", "small"),
    [
        ("woman, eighty-seven", True, False),
        ("man, 87", True, False),
        ("man, twenty-seven", False, False),
        ("man, thirty years old", False, False),
        ("girl, seven", False, True),
    ],
)
def test_an_age_in_two_words_is_not_read_by_its_last(look: str, aged: bool, small: bool) -> None:
    found = look_of(Figure("IRIS", look, 3, 1, 1))

    assert (found.aged, found.stature < 0.8) == (aged, small)


@pytest.mark.parametrize(
    ("described", "rugged"),
    [("man", True), ("woman", False), ("man, a boy of nine", False), ("old man", True)],
)
def test_grown_men_have_rugged_faces(described: str, rugged: bool) -> None:
    assert look_of(Figure("SAM", described, 3, 2)).rugged is rugged
