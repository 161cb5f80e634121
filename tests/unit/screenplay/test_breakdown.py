"""The rules of the breakdown, and that identities follow content."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio_jobs.screenplay import Breakdown, ShotSize, break_down, read

SAMPLES = Path(__file__).parents[3] / "samples"


def _of(text: str) -> Breakdown:
    return break_down(read(text.encode()))


def _ids(breakdown: Breakdown) -> list[str]:
    return [shot.shot_id for scene in breakdown.scenes for shot in scene.shots]


@pytest.mark.parametrize("name", ["one-minute.fountain", "twenty-shots.fountain"])
def test_a_sample_reads_without_remarks_and_every_scene_has_shots(name: str) -> None:
    screenplay = read((SAMPLES / name).read_bytes())

    assert screenplay.diagnostics == ()
    assert all(scene.shots for scene in break_down(screenplay).scenes)
    assert len(set(_ids(break_down(screenplay)))) == len(_ids(break_down(screenplay)))


def test_the_one_minute_sample_lasts_about_a_minute_with_two_voices() -> None:
    film = break_down(read((SAMPLES / "one-minute.fountain").read_bytes()))

    assert 45_000 <= sum(shot.estimated_ms for scene in film.scenes for shot in scene.shots) <= 65_000
    assert film.characters == ("TOM", "IRIS")


def test_the_twenty_shots_are_twenty() -> None:
    assert len(_ids(_of((SAMPLES / "twenty-shots.fountain").read_text(encoding="utf-8")))) == 20


def test_an_edit_of_one_line_changes_the_id_of_no_other_shot() -> None:
    text = (SAMPLES / "twenty-shots.fountain").read_text(encoding="utf-8")
    edited = text.replace("Station four burned down when I was a boy.", "Station four is ash.")

    before, after = _ids(_of(text)), _ids(_of(edited))

    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_dual_dialogue_is_one_shot_with_both_lines() -> None:
    film = _of("INT. A - DAY\n\nANNA\nStay!\n\nBEN ^\nGo!\n")

    (shot,) = film.scenes[0].shots
    assert [(line.character, line.dual) for line in shot.lines] == [("ANNA", True), ("BEN", True)]
    assert shot.figures == ("ANNA", "BEN")


def test_long_speech_is_split_at_its_sentences() -> None:
    sentence = "This is one sentence of a very long speech that somebody holds without a pause. "
    film = _of(f"INT. A - DAY\n\nANNA\n{sentence * 5}\n")

    spoken = [line.text for shot in film.scenes[0].shots for line in shot.lines]
    assert len(film.scenes[0].shots) == 3
    assert " ".join(spoken) == (sentence * 5).strip()


def test_who_speaks_off_screen_is_not_in_frame() -> None:
    film = _of("INT. A - DAY\n\nBEN\nHello?\n\nANNA (V.O.)\nI am far away.\n")

    assert film.scenes[0].shots[1].figures == ("BEN",)


def test_an_object_without_a_person_is_an_insert() -> None:
    film = _of("INT. A - DAY\n\nAn empty room.\n\nThe letter on the table.\n")

    assert [shot.size for shot in film.scenes[0].shots] == [ShotSize.WIDE, ShotSize.INSERT]


def test_a_scene_that_continues_keeps_the_time_of_the_one_before() -> None:
    film = _of("EXT. A - NIGHT\n\nRain.\n\nINT. B - CONTINUOUS\n\nQuiet.\n")

    assert [scene.time_of_day for scene in film.scenes] == ["NIGHT", "NIGHT"]
