"""What a screenplay asks to be written over the picture, and the shot that it belongs to."""

from __future__ import annotations

import pytest

from studio_jobs.screenplay import Shot, break_down, read
from studio_jobs.screenplay.supers import Super, without_supers


@pytest.mark.parametrize(
    ("text", "seen", "found"),
    [
        ('SUPER: "Dover, 1940"', "", [Super("Dover, 1940")]),
        ("SUPERIMPOSE: Three days later.", "", [Super("Three days later")]),
        ("TITLE: Part Two", "", [Super("Part Two")]),
        ("CHYRON: Mara Voss / Harbour pilot", "", [Super("Mara Voss", "Harbour pilot")]),
        ("LOWER THIRD - “Paris”", "", [Super("Paris")]),
        ("**SUPER:** _Later_", "", [Super("Later")]),
        ("A ship. SUPER: “Dover”", "A ship.", [Super("Dover")]),
        ("A ship.\nSUPER: Dover\nGulls.", "A ship.\n\nGulls.", [Super("Dover")]),
        ("SUPER: A\nSUPER: B", "", [Super("A"), Super("B")]),
        ("Super: Dover", "Super: Dover", []),
        ("SUPERMAN: he flies.", "SUPERMAN: he flies.", []),
        ("The CAPTION reads: no.", "The CAPTION reads: no.", []),
        ("SUPER:", "SUPER:", []),
    ],
)
def test_words_over_the_picture_are_taken_off_what_is_seen(text: str, seen: str, found: list[Super]) -> None:
    assert without_supers(text) == (seen, tuple(found))


def shots(text: str) -> list[Shot]:
    return list(break_down(read(text.encode())).scenes[0].shots)


def test_they_belong_to_the_shot_before_them_or_open_the_scene() -> None:
    found = shots("INT. A - DAY\n\nSUPER: Dover\n\nRain.\n\nSUPER: 1940\n\nANNA\nHello.\n\nTITLE: Noon\n")

    assert [[it.text for it in shot.supers] for shot in found] == [["Dover", "1940"], ["Noon"]]


def test_they_are_no_shot_and_no_action() -> None:
    plain = shots("INT. A - DAY\n\nA ship sails.\n\nANNA\nHello.\n")

    found = shots("INT. A - DAY\n\nA ship sails. SUPER: Dover\n\nTITLE: Noon\n\nANNA\nHello.\n")

    assert [(shot.shot_id, shot.action) for shot in found] == [(shot.shot_id, shot.action) for shot in plain]


def test_a_scene_of_nothing_else_shows_its_place() -> None:
    (shot,) = shots("EXT. DOVER - DAY\n\nSUPER: 1940\n")

    assert [it.text for it in shot.supers] == ["1940"]
