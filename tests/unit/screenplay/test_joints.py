"""How transitions are read: the words that writers use, and which shot each joint belongs to."""

from __future__ import annotations

import pytest

from studio_jobs.screenplay import break_down, read
from studio_jobs.screenplay.joints import Joint, joint_of


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        ("CUT TO:", Joint.CUT),
        ("SMASH CUT TO:", Joint.CUT),
        ("MATCH CUT TO:", Joint.CUT),
        ("JUMP CUT TO:", Joint.CUT),
        ("BACK TO:", Joint.CUT),
        ("DISSOLVE TO:", Joint.DISSOLVE),
        ("MATCH DISSOLVE TO:", Joint.DISSOLVE),
        ("SLOW CROSS-FADE TO:", Joint.DISSOLVE),
        ("WIPE TO:", Joint.WIPE),
        ("CLOCK WIPE TO:", Joint.WIPE),
        ("IRIS OUT.", Joint.IRIS),
        ("FADE IN:", Joint.FADE),
        ("FADE OUT.", Joint.FADE),
        ("FADE TO BLACK.", Joint.FADE),
        ("DIP TO BLACK:", Joint.FADE),
        ("DIP TO WHITE:", Joint.WHITE),
        ("Fade to white.", Joint.WHITE),
        ("CUT TO BLACK.", Joint.BLACKOUT),
        ("SMASH TO BLACK.", Joint.BLACKOUT),
        ("FONDU ENCHAÎNÉ", Joint.DISSOLVE),
        ("ÜBERBLENDUNG AUF:", Joint.DISSOLVE),
        ("FUNDIDO A NEGRO", Joint.FADE),
        ("INTERCUT WITH:", None),
        ("THREE DAYS LATER TO:", None),
        ("THE END", None),
    ],
)
def test_a_transition_is_known_by_its_words(text: str, joint: Joint | None) -> None:
    assert joint_of(text) is joint


def test_a_fade_in_is_the_other_half_of_what_stands_before_it() -> None:
    assert joint_of("FADE IN:", Joint.WHITE) is Joint.WHITE
    assert joint_of("FADE IN:", Joint.BLACKOUT) is Joint.BLACKOUT
    assert joint_of("DISSOLVE TO:", Joint.FADE) is Joint.DISSOLVE


def test_a_joint_belongs_to_the_shot_before_it_and_changes_no_shot() -> None:
    text = "INT. A - DAY\n\nRain.\n\n{}ANNA\nHello.\n\n{}EXT. B - DAY\n\n{}EXT. C - DAY\n\nSun.\n"
    plain = break_down(read(text.format("", "", "").encode()))

    joined = break_down(read(text.format("JUMP CUT TO:\n\n", "WIPE TO:\n\n", "FADE OUT.\n\n").encode()))

    assert [[shot.joint for shot in scene.shots] for scene in joined.scenes] == [
        [Joint.CUT, Joint.WIPE],
        [Joint.FADE],
        [None],
    ]
    ids = [[shot.shot_id for shot in scene.shots] for scene in joined.scenes]
    assert ids == [[shot.shot_id for shot in scene.shots] for scene in plain.scenes]


def test_a_fade_in_at_the_top_belongs_to_no_shot() -> None:
    found = break_down(read(b"FADE IN:\n\nINT. A - DAY\n\nRain.\n"))

    assert [shot.joint for shot in found.scenes[0].shots] == [None]


@pytest.mark.parametrize("text", ["IRIS OUT.", "FADE TO WHITE.", "SMASH TO BLACK.", "DIP TO BLACK."])
def test_a_transition_without_to_is_no_shot(text: str) -> None:
    found = break_down(read(f"INT. A - DAY\n\nRain.\n\n{text}\n\nEXT. B - DAY\n\nSun.\n".encode()))

    assert [len(scene.shots) for scene in found.scenes] == [1, 1]
    assert found.scenes[0].shots[0].joint is joint_of(text)
