"""Who sat down still sits in the next shot, and who took the lamp has it until it changes hands."""

from __future__ import annotations

import pytest
from hypothesis import given

from studio_jobs.looks import first_looks_of
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.fountain import parse_fountain
from studio_jobs.screenplay.reader import read
from studio_jobs.screenplay.stances import Posture, Stance, stances_of
from tests.unit.screenplay.manuscripts import FUZZED, MANUSCRIPTS

PEOPLE = "MARA, a woman, and OTTO, a man, wait.\n\nMARA\nWell?\n\nOTTO\nWell.\n\n"


def left_by(*actions: str) -> dict[str, tuple[str, str]]:
    """How the two are at the end of a scene in which these actions follow each other."""
    told = [f"{action}\n\nMARA\nYes.\n\nOTTO\nNo." for action in actions]
    stances = last_of(f"INT. ROOM - DAY\n\n{PEOPLE}" + "\n\n".join(told) + "\n")
    return {name: (stance.posture.value, stance.holding) for name, stance in stances.items()}


def last_of(script: str) -> dict[str, Stance]:
    film = break_down(read(script.encode()))
    scene = film.scenes[-1]
    return dict(stances_of(scene, first_looks_of(film))[scene.shots[-1].shot_id])


@pytest.mark.parametrize(
    ("action", "posture"),
    [
        ("Mara sits down by the fire.", "SITTING"),
        ("MARA is at her old desk.", "SITTING"),
        ("Mara lies on the sofa.", "LYING"),
        ("Mara kneels beside the bed.", "KNEELING"),
        ("Mara takes a seat and waits.", "SITTING"),
        ("Mara sits, then gets up.", "STANDING"),
        ("Mara lies about her age.", "STANDING"),
        ("Smoke rises.", "STANDING"),
    ],
)
def test_who_sits_lies_or_kneels_does_so_until_the_end_of_the_scene(action: str, posture: str) -> None:
    assert left_by(action, "The clock strikes.")["MARA"] == (posture, "")


def test_who_gets_up_or_goes_stands_again() -> None:
    assert left_by("Mara sits down.", "She crosses the room.")["MARA"] == ("STANDING", "")
    assert left_by("Mara sits down.", "She crosses her arms.")["MARA"] == ("SITTING", "")


def test_both_are_meant_by_they() -> None:
    assert left_by("They sit.") == {"MARA": ("SITTING", ""), "OTTO": ("SITTING", "")}


@pytest.mark.parametrize(
    ("actions", "mara", "otto"),
    [
        (["Mara picks up the old lantern."], "lantern", ""),
        (["Mara opens a letter.", "She puts it on the table."], "", ""),
        (["Mara holds a lamp.", "Mara hands Otto the lamp."], "", "lamp"),
        (["Mara holds a lamp.", "She gives it to him."], "", "lamp"),
        (["Mara holds a lamp.", "Otto takes it."], "", "lamp"),
        (["Mara holds a lamp.", "Otto takes the lamp from her."], "", "lamp"),
        (["Mara holds a notebook.", "She puts down the pencil."], "notebook", ""),
        (["Mara holds her breath."], "", ""),
        (["Otto, with a suitcase, comes in."], "", "suitcase"),
        (["Otto stands by a table with one lamp."], "", ""),
    ],
)
def test_a_thing_is_kept_until_it_is_put_down_or_changes_hands(
    actions: list[str], mara: str, otto: str
) -> None:
    left = left_by(*actions)

    assert (left["MARA"][1], left["OTTO"][1]) == (mara, otto)


def test_she_and_he_are_told_apart_by_looks() -> None:
    left = left_by("Mara waits.", "He sits.")

    assert (left["MARA"][0], left["OTTO"][0]) == ("STANDING", "SITTING")


def test_a_pronoun_that_fits_nobody_in_the_scene_is_about_nobody() -> None:
    film = break_down(
        read(b"INT. ROOM - DAY\n\nMARA, a woman, waits.\n\nHe lays a letter down.\n\nMARA\nYes.\n")
    )
    (scene,) = film.scenes

    stances = stances_of(scene, {**first_looks_of(film), "NARRATOR": "man, old"})

    assert stances[scene.shots[-1].shot_id] == {"MARA": Stance(is_kept=True)}


def test_a_new_scene_forgets() -> None:
    script = f"INT. ROOM - DAY\n\n{PEOPLE}Mara sits down with a lamp.\n\nINT. HALL - DAY\n\nMARA\nYes.\n"

    assert last_of(script)["MARA"].posture is Posture.STANDING


def test_only_what_the_shots_own_text_leaves_out_is_said_in_words() -> None:
    script = f"INT. ROOM - DAY\n\n{PEOPLE}Mara sits down with an umbrella."
    told = last_of(f"{script}\n")
    later = last_of(f"{script}\n\nMARA\nYes.\n")

    assert told["MARA"].in_words() == ""
    assert later["MARA"].in_words() == "seated, holding an umbrella"


@FUZZED
@given(manuscript=MANUSCRIPTS)
def test_everybody_in_frame_of_any_screenplay_has_a_stance(manuscript: str) -> None:
    film = break_down(parse_fountain(manuscript.encode("utf-8", "ignore").decode()))
    looks = {**dict.fromkeys(film.characters, "woman"), "NARRATOR": "man"}

    for scene in film.scenes:
        stances = stances_of(scene, looks)
        assert all(stances[shot.shot_id].keys() >= set(shot.figures) for shot in scene.shots)
