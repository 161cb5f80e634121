"""What the figures of the drawn stills do: poses by the action, what passes from hand to hand, who goes."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from studio_imagegen.engines.storyboard.doing import doings_of, subject_of
from studio_imagegen.engines.storyboard.engine import draw_still
from studio_imagegen.engines.storyboard.lens import png_of_tone
from studio_imagegen.engines.storyboard.marks import Mark
from studio_imagegen.engines.storyboard.pose import POSES
from studio_imagegen.engines.storyboard.staging import kind_of, stage
from studio_imagegen.engines.storyboard.vocabulary import meanings
from studio_imagegen.engines.storyboard.wardrobe import look_of
from studio_imagegen.orders import Figure, StillOrder

IRIS, TOM = Figure("IRIS", "woman", 1, 1, -1), Figure("TOM", "man", 2, 1, 1)


class Unwatched:
    """A run that nobody cancels."""

    def progress(self, percent: int) -> None:
        """Not looked at."""

    def raise_if_cancelled(self) -> None:
        """Never."""


def order(action: str = "", **changes: object) -> StillOrder:
    values: dict[str, object] = {
        "width_px": 320,
        "height_px": 180,
        "seed": 5,
        "place": "EXT",
        "location": "FIELD",
        "time_of_day": "DAY",
        "shot_size": "WIDE",
        "figures": (IRIS, TOM),
        "action": action,
        **changes,
    }
    return StillOrder(**values)  # type: ignore[arg-type]  # fields by name


def mark_of(wanted: StillOrder, name: str) -> Mark:
    return next(mark for mark in stage(wanted).marks if mark.figure.name == name)


@pytest.mark.parametrize(
    ("words", "pose"),
    [
        ("salutes", "SALUTE"),
        ("hands her the lantern", "GIVE"),
        ("hands Iris the lantern", "GIVE"),
        ("goes down the stairs", "LEAVE"),
        ("goes out", "LEAVE"),
        ("comes up the stairs and stops", "WALK"),
        ("lies down on the sofa", "LIE"),
        ("sleeps", "LIE"),
        ("stumbles", "FALL"),
        ("prays", "PRAY"),
        ("aims a gun", "AIM"),
        ("points at the sea", "POINT"),
        ("is shivering", "SHIVER"),
        ("peers into the dark", "SHIELD"),
        ("turns to the window", "AWAY"),
        ("shrugs", "SHRUG"),
        ("drinks", "DRINK"),
        ("writes", "WRITE"),
        ("tries the handle", "REACH"),
    ],
)
def test_a_pose_is_chosen_by_what_the_action_says_of_its_figure(words: str, pose: str) -> None:
    assert mark_of(order(f"TOM {words}."), "TOM").pose == pose


def test_every_pose_that_words_ask_for_is_known() -> None:
    assert meanings("POSES") <= set(POSES)


def test_what_one_hands_over_the_other_takes() -> None:
    marks = stage(order("TOM hands IRIS the lantern.", shot_size="MEDIUM")).marks

    iris, tom = (next(mark for mark in marks if mark.figure.name == name) for name in ("IRIS", "TOM"))
    assert (tom.pose, tom.prop, iris.pose) == ("GIVE", "LANTERN", "TAKE")
    assert (tom.facing, iris.facing) == (-1, 1)
    assert marks[-1] is tom


def test_who_leaves_is_seen_from_behind_and_nearer_to_the_edge() -> None:
    stays, leaves = (mark_of(order(action), "TOM") for action in ("TOM waits.", "TOM goes out."))

    assert leaves.away
    assert leaves.x > stays.x
    assert leaves.height < stays.height


@pytest.mark.parametrize("words", ["walks", "runs", "kneels", "sits down", "goes out", "falls"])
def test_what_the_whole_body_does_is_seen_as_a_whole_in_a_medium_shot(words: str) -> None:
    near, whole = (
        mark_of(order(f"TOM {action}.", shot_size="MEDIUM", figures=(TOM,)), "TOM")
        for action in ("waits", words)
    )

    assert near.y > 1.0 > whole.y
    assert whole.height < near.height


@pytest.mark.parametrize(
    ("action", "name"),
    [("She smiles.", "IRIS"), ("He smiles.", "TOM"), ("TOM sees IRIS.", "TOM"), ("A bell.", "IRIS")],
)
def test_who_a_shot_is_about_is_found_by_name_or_pronoun(action: str, name: str) -> None:
    assert subject_of(order(action)).name == name


def test_a_pronoun_stands_for_the_last_named() -> None:
    doings = doings_of(order("TOM waits. He reads a letter."))

    assert (doings["TOM"].pose, doings["TOM"].prop) == ("READ", "LETTER")
    assert "IRIS" not in doings


def test_they_are_all() -> None:
    assert {doing.pose for doing in doings_of(order("They run.")).values()} == {"RUN"}


def test_weather_that_falls_makes_nobody_fall() -> None:
    assert mark_of(order("Snow falls.", figures=(TOM,)), "TOM").pose != "FALL"


def test_who_sleeps_in_a_room_lies_on_something_with_shut_eyes() -> None:
    room = {"place": "INT", "location": "ROOM", "figures": (TOM,)}
    mark = mark_of(order("TOM sleeps.", **room), "TOM")
    figures = json.loads(draw_still(order("TOM sleeps.", **room), Unwatched()).parts[1].data or b"")[
        "figures"
    ]

    assert (mark.rest, mark.expression) == ("SOFA", "ASLEEP")
    _, _, wide, high = figures[0]["box"]
    assert wide * 320 > 1.5 * high * 180


@pytest.mark.parametrize(
    ("place", "location", "kind"),
    [
        ("EXT", "CASTLE RAMPARTS", "CASTLE"),
        ("INT", "CASTLE, GREAT HALL", "CASTLE"),
        ("EXT", "CHERRY ORCHARD", "ORCHARD"),
        ("INT", "NURSERY", "NURSERY"),
        ("INT", "VICTORIA STATION CLOAK-ROOM", "CLOAKROOM"),
        ("INT", "THEATRE", "STAGE"),
    ],
)
def test_a_place_is_known_by_its_name(place: str, location: str, kind: str) -> None:
    assert kind_of(order(place=place, location=location), inside=place == "INT") == kind


def test_in_a_castle_one_wears_a_cloak_unless_the_words_say_what_else() -> None:
    coated = Figure("KAY", "man in a jacket", 3, 1, 1)
    marks = stage(order(location="CASTLE RAMPARTS", figures=(TOM, coated))).marks

    assert {mark.figure.name: look_of(mark.figure).cut for mark in marks} == {"TOM": "CLOAK", "KAY": "JACKET"}


def test_who_is_old_stoops() -> None:
    old, young = (
        json.loads(
            draw_still(order(figures=(Figure("X", look, 1, 1, -1),)), Unwatched()).parts[1].data or b""
        )
        for look in ("man, eighty", "man")
    )

    ahead = [told["figures"][0]["head"][0] - told["figures"][0]["box"][0] * 100 for told in (old, young)]
    assert ahead[0] > ahead[1]


def test_a_picture_of_one_tone_is_packed_without_loss() -> None:
    mask = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
    image = Image.new("RGBA", mask.size, (200, 210, 220))
    image.putalpha(mask)

    unpacked = Image.open(io.BytesIO(png_of_tone(image))).convert("RGBA")

    assert np.array_equal(np.asarray(unpacked), np.asarray(image))


SITTING_TOM = replace(TOM, posture="SIT")


@pytest.mark.parametrize(
    ("action", "pose", "seated"),
    [
        ("", "SIT", True),
        ("TOM reads a letter.", "READ", True),
        ("TOM walks off.", "LEAVE", False),
        ("TOM looks out of the window.", "AWAY", False),
    ],
)
def test_who_sat_down_before_sits_until_something_is_done_standing(
    action: str, pose: str, seated: bool
) -> None:
    mark = mark_of(order(action, figures=(IRIS, SITTING_TOM)), "TOM")

    assert (mark.pose, mark.seated) == (pose, seated)


def test_who_sits_is_lower_than_who_stands_beside_and_as_high_as_who_sits_too() -> None:
    alone, both = (
        [mark.y for mark in stage(order(shot_size="MEDIUM", figures=figures)).marks]
        for figures in ((IRIS, SITTING_TOM), (replace(IRIS, posture="SIT"), SITTING_TOM))
    )

    assert max(both) < max(alone)


def test_who_took_something_before_has_it_in_the_hand_and_holds_it_up() -> None:
    mark = mark_of(order(figures=(IRIS, replace(TOM, holding="lantern"))), "TOM")

    assert (mark.pose, mark.prop) == ("HOLD", "LANTERN")


def test_a_suitcase_hangs_from_the_hand() -> None:
    mark = mark_of(order("IRIS waits.", figures=(IRIS, replace(TOM, holding="suitcase"))), "TOM")

    assert (mark.pose, mark.prop) != ("HOLD", "SUITCASE")
    assert mark.prop == "SUITCASE"


def test_the_face_of_who_lies_is_where_faces_are_in_a_close_shot_and_speaks() -> None:
    room = {"place": "INT", "location": "ROOM", "width_px": 1600, "height_px": 900}
    close = {**room, "figures": (replace(TOM, posture="LIE"),), "speaker": "TOM", "shot_size": "CLOSE"}
    wanted = order("", **close)

    bundle = json.loads(draw_still(wanted, Unwatched()).parts[1].data or b"")
    (figure,) = bundle["figures"]

    assert figure["lies"]
    assert 400 < figure["mouth"][1] < 600
    assert {strip["kind"] for strip in figure["strips"]} == {"MOUTH", "EYES"}
