"""The rules of docs/breakdown.md, one test each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio_jobs.screenplay import (
    Breakdown,
    Element,
    Kind,
    Screenplay,
    Shot,
    ShotSize,
    Span,
    break_down,
    read,
)

DOC = Path(__file__).parents[3] / "docs" / "breakdown.md"
PEOPLE = "ANNA\nHello.\n\nBEN\nHello.\n\n"


def of(text: str) -> Breakdown:
    return break_down(read(text.encode()))


def shots(text: str) -> tuple[Shot, ...]:
    """The shots of the last scene of a text."""
    return of(text).scenes[-1].shots


def sizes(text: str) -> list[str]:
    return [shot.size.value for shot in shots(text)]


def test_a_scene_opens_with_a_master() -> None:
    found = shots("INT. A - DAY\n\nAnna waits.\n\nAnna sits down.\n\n" + PEOPLE)

    assert [shot.size for shot in found[:2]] == [ShotSize.WIDE, ShotSize.MEDIUM]
    assert found[0].figures == ("ANNA",)


def test_a_scene_without_text_is_an_establishing_shot() -> None:
    (shot,) = shots("EXT. HARBOUR - DAWN\n\nINT. A - DAY\n\nRain.\n\nEXT. PIER - DUSK\n")

    assert (shot.size, shot.action, shot.location, shot.time_of_day) == ("WIDE", "", "PIER", "DUSK")


def test_a_paragraph_is_a_beat_and_a_long_one_is_split_at_sentences() -> None:
    sentence = "Anna walks along the endless wall of the harbour and counts the lamps that still burn."
    found = shots(f"INT. A - DAY\n\nRain.\n\n{' '.join([sentence] * 3)}\n\nAnna stops.\n\n{PEOPLE}")

    assert [shot.action for shot in found[1:4]] == [f"{sentence} {sentence}", sentence, "Anna stops."]


def test_a_thing_without_a_person_is_an_insert() -> None:
    assert sizes("INT. A - DAY\n\nRain.\n\nA letter on the table.\n\nAnna takes the letter.\n\n" + PEOPLE)[
        1:3
    ] == ["INSERT", "MEDIUM"]


def test_a_short_beat_without_a_person_shows_who_was_in_frame() -> None:
    found = shots("INT. A - DAY\n\nAnna waits.\n\nSomeone knocks.\n\n" + PEOPLE)

    assert (found[1].size, found[1].figures) == ("MEDIUM", ("ANNA",))


def test_a_pronoun_means_who_was_in_frame() -> None:
    found = shots(
        "INT. A - DAY\n\nAnna waits.\n\nShe opens the window and looks at the sea for a while.\n\n" + PEOPLE
    )

    assert found[1].figures == ("ANNA",)


def test_who_speaks_alone_has_singles() -> None:
    found = shots("INT. A - DAY\n\nRain.\n\nANNA\nI wait.\n\nANNA\nI wait longer.\n")

    assert [(shot.size, shot.figures) for shot in found[1:]] == [("CLOSE", ("ANNA",)), ("MEDIUM", ("ANNA",))]


def test_two_who_talk_are_seen_over_each_others_shoulder_at_every_second_speech() -> None:
    found = shots("INT. A - DAY\n\nRain.\n\n" + PEOPLE * 2)

    assert [shot.size.value for shot in found[1:]] == ["CLOSE", "OVER_SHOULDER"] * 2
    assert found[2].figures == ("BEN", "ANNA")


def test_a_beat_begins_an_exchange_anew() -> None:
    assert sizes("INT. A - DAY\n\nRain.\n\nANNA\nOne.\n\nAnna laughs out loud.\n\nBEN\nTwo.\n")[-1] == "CLOSE"


def test_dual_dialogue_is_one_shot_of_both() -> None:
    (shot,) = shots("INT. A - DAY\n\nANNA\nStay!\n\nBEN ^\nGo!\n")

    assert (shot.size, shot.figures) == ("MEDIUM", ("ANNA", "BEN"))
    assert [line.dual for line in shot.lines] == [True, True]


@pytest.mark.parametrize("extension", ["V.O.", "O.S.", "PRE-LAP", "prelap"])
def test_a_voice_from_elsewhere_is_heard_over_who_listens(extension: str) -> None:
    found = shots(f"INT. A - DAY\n\nBEN\nHello?\n\nANNA ({extension})\nI am far away.\n")

    assert (found[1].size, found[1].figures, found[1].speaker) == ("MEDIUM", ("BEN",), "ANNA")


def test_a_long_speech_is_split_at_its_sentences() -> None:
    sentence = "This is one sentence of a very long speech that somebody holds without a pause. "
    found = shots(f"INT. A - DAY\n\nANNA\n{sentence * 5}\n")

    assert [len(shot.lines) for shot in found] == [1, 1, 1]


def test_lyrics_are_sung_slower_and_without_a_singer_are_seen() -> None:
    sung, seen = shots("INT. A - DAY\n\nANNA\n~Row row row your boat\n\n~Gently down the stream\n")
    said = shots("INT. A - DAY\n\nANNA\nRow row row your boat\n")[0]

    assert (sung.lines[0].parenthetical, sung.speaker) == ("singing", "ANNA")
    assert sung.estimated_ms > said.estimated_ms
    assert (seen.action, seen.lines) == ("Gently down the stream", ())


@pytest.mark.parametrize(
    ("line", "size", "move", "seen"),
    [
        ("CLOSE ON the clock. It ticks.", "CLOSE", None, "the clock. It ticks."),
        ("EXTREME CLOSE UP - Anna's eyes.", "CLOSE", None, "Anna's eyes."),
        ("INSERT: a ticket to nowhere.", "INSERT", None, "a ticket to nowhere."),
        ("WIDE SHOT of the harbour.", "WIDE", None, "the harbour."),
        ("AERIAL SHOT - the harbour.", "WIDE", "PULL_OUT", "the harbour."),
        ("ANGLE ON Anna, who hides.", "MEDIUM", None, "Anna, who hides."),
        ("PUSH IN ON Anna, who hides.", "MEDIUM", "PUSH_IN", "Anna, who hides."),
        ("PULL BACK TO REVEAL an empty hall of forty chairs in rows.", "WIDE", "PULL_OUT", None),
        ("TILT UP to the roof, where Anna stands.", "MEDIUM", "TILT_UP", None),
        ("HANDHELD - Anna runs.", "MEDIUM", "HANDHELD", "Anna runs."),
    ],
)
def test_a_camera_line_gives_size_and_move(line: str, size: str, move: str | None, seen: str | None) -> None:
    shot = shots(f"INT. A - DAY\n\nRain.\n\n{line}\n\n{PEOPLE}")[1]

    assert shot.size == size
    if move is not None:
        assert (shot.move, shot.move_reason) == (move, "the camera line asks for it")
    if seen is not None:
        assert shot.action == seen


def test_words_in_small_letters_ask_nothing_of_the_camera() -> None:
    found = shots("INT. A - DAY\n\nRain.\n\nClose on his heels, Ben runs after Anna.\n\n" + PEOPLE)

    assert (found[1].size, found[1].action) == ("MEDIUM", "Close on his heels, Ben runs after Anna.")


def test_a_camera_line_within_a_paragraph_begins_a_shot() -> None:
    found = shots("INT. A - DAY\n\nRain.\n\nAnna turns. CLOSE ON the key. It glows.\n\n" + PEOPLE)

    assert [shot.action for shot in found[1:3]] == ["Anna turns.", "the key. It glows."]


def test_a_camera_line_of_its_own_is_for_the_shot_after_it() -> None:
    found = shots("INT. A - DAY\n\nRain.\n\nCLOSE ON THE CLOCK\n\nIt ticks.\n\nTWO SHOT\n\n" + PEOPLE)

    assert [(shot.size.value, shot.action) for shot in found[1:3]] == [
        ("CLOSE", "THE CLOCK. It ticks."),
        ("MEDIUM", ""),
    ]
    assert found[2].speaker == "ANNA"
    assert (found[1].span.line_first, found[1].span.line_last) == (5, 7)


def test_a_shot_paragraph_is_a_camera_line() -> None:
    """As Final Draft has them; Fountain has no mark for them."""
    elements = (
        Element(Kind.SCENE_HEADING, "INT. A - DAY", Span(1, 1)),
        Element(Kind.ACTION, "Rain.", Span(3, 3)),
        Element(Kind.SHOT, "INSERT - THE LETTER", Span(5, 5)),
        Element(Kind.ACTION, "It is empty.", Span(7, 7)),
        Element(Kind.SHOT, "The whole harbour", Span(9, 9)),
    )

    _, insert, own = break_down(Screenplay((), elements)).scenes[0].shots

    assert (insert.size, insert.action) == ("INSERT", "THE LETTER. It is empty.")
    assert own.action == "The whole harbour"


def test_a_point_of_view_leaves_its_owner_out_of_frame() -> None:
    shot = shots("INT. A - DAY\n\nRain.\n\nANNA'S POV - Ben at the far end of the hall.\n\n" + PEOPLE)[1]

    assert (shot.figures, shot.move, shot.action) == (
        ("BEN",),
        "HANDHELD",
        "Ben at the far end of the hall.",
    )


@pytest.mark.parametrize("opening", ["MONTAGE - THE SUMMER", "SERIES OF SHOTS:", "BEGIN MONTAGE"])
def test_each_entry_of_a_montage_is_a_shot(opening: str) -> None:
    found = shots(
        f"INT. A - DAY\n\nAnna waits.\n\n{opening}\n\n- Anna swims.\n- Ben paints a boat\n\n"
        f"A) A red kite.\n\nEND OF MONTAGE\n\nRain.\n\n{PEOPLE}"
    )

    assert [shot.action for shot in found[1:5]] == [
        "Anna swims.",
        "Ben paints a boat",
        "A red kite.",
        "Rain.",
    ]
    assert [shot.figures for shot in found[1:4]] == [("ANNA",), ("BEN",), ()]


def test_an_intercut_shows_each_speaker_where_they_were() -> None:
    found = shots(
        "INT. KITCHEN - NIGHT\n\nAnna waits.\n\nEXT. PIER - DAWN\n\nBen waits.\n\n"
        "INTERCUT - KITCHEN / PIER\n\n" + PEOPLE
    )

    assert [(shot.size, shot.figures, shot.location, shot.time_of_day) for shot in found[1:]] == [
        ("CLOSE", ("ANNA",), "KITCHEN", "NIGHT"),
        ("CLOSE", ("BEN",), "PIER", "DAWN"),
    ]


@pytest.mark.parametrize(
    ("heading", "aside"),
    [
        ("INT. HOUSE - DAY (FLASHBACK)", "flashback"),
        ("INT. HOUSE - DAY - FLASHBACK", "flashback"),
        (".FLASHBACK - INT. HOUSE - DAY", "flashback"),
        ("INT. HOUSE - DAY (DREAM SEQUENCE)", "dream"),
        ("INT. HOUSE - DAY (PRESENT DAY)", ""),
        ("INT. HOUSE - DAY", ""),
    ],
)
def test_a_flashback_is_told_apart_from_its_place_and_time(heading: str, aside: str) -> None:
    (scene,) = of(f"{heading}\n\nRain.\n").scenes

    assert (scene.aside, scene.location, scene.time_of_day) == (aside, "HOUSE", "DAY")
    assert (f", day, {aside}" in scene.shots[0].prompt) is bool(aside)


def test_what_continues_after_a_flashback_has_the_time_before_it() -> None:
    film = of(
        "INT. A - NIGHT\n\nRain.\n\nINT. B - DAWN (FLASHBACK)\n\nRain.\n\n"
        "INT. C - CONTINUOUS (FLASHBACK)\n\nRain.\n\n"
        "INT. A - CONTINUOUS\n\nRain.\n"
    )

    assert [scene.time_of_day for scene in film.scenes] == ["NIGHT", "DAWN", "DAWN", "NIGHT"]


def test_silence_lasts_as_long_as_its_lines_on_a_page() -> None:
    short, long, longest = [
        shot.estimated_ms
        for shot in shots(
            f"INT. A - DAY\n\nRain.\n\n{'Slow words go by ' * 10}\n\n{'Slow words go by ' * 20}\n"
        )
    ]

    assert (short, long, longest) == (2 * 60_000 // 55, 4 * 60_000 // 55, 6_000)


def test_speech_lasts_by_words_a_minute_and_the_longer_of_two_at_once() -> None:
    words = " ".join(["word"] * 33)
    (alone,) = shots(f"INT. A - DAY\n\nANNA\n{words}\n")
    (both,) = shots(f"INT. A - DAY\n\nANNA\n{words}\n\nBEN ^\nWord.\n")

    assert alone.estimated_ms == both.estimated_ms == 33 * 60_000 // 165 + 400


@pytest.mark.parametrize(
    ("parenthetical", "pause_ms"),
    [("beat", 1000), ("a pause, then", 1000), ("long pause", 2000), ("softly", 0)],
)
def test_a_beat_in_a_parenthetical_adds_its_pause(parenthetical: str, pause_ms: int) -> None:
    (plain,) = shots("INT. A - DAY\n\nANNA\nI know.\n")
    (held,) = shots(f"INT. A - DAY\n\nANNA\n({parenthetical})\nI know.\n")

    assert held.estimated_ms - plain.estimated_ms == pause_ms


def test_a_move_is_what_the_action_says() -> None:
    shot = shots("INT. A - DAY\n\nRain.\n\nAnna climbs onto the roof.\n\n" + PEOPLE)[1]

    assert (shot.move, shot.move_reason) == ("TILT_UP", 'the action says "climbs"')


def test_a_master_moves_by_its_place() -> None:
    inside, outside = of("INT. A - DAY\n\nRain.\n\nEXT. B - DAY\n\nRain.\n").scenes

    assert (inside.shots[0].move, outside.shots[0].move) == ("PAN_RIGHT", "TILT_DOWN")


def test_other_shots_move_by_their_size_and_each_second_of_a_run_otherwise() -> None:
    found = shots("INT. A - DAY\n\nRain.\n\nA map.\n\nA key.\n\nA coin.\n\n" + PEOPLE)

    assert [shot.move for shot in found[1:]] == ["PULL_OUT", "PUSH_IN", "PULL_OUT", "PUSH_IN", "HOLD"]
    assert all(shot.move_reason for shot in found)


def test_a_shot_put_between_changes_the_move_of_no_shot_beyond_its_run() -> None:
    text = "INT. A - DAY\n\nRain.\n\nA map.\n\nA key.\n\n" + PEOPLE * 2
    before = shots(text)[3:]

    after = shots(text.replace("A map.\n", "A map.\n\nA coin.\n"))[4:]

    assert [shot.move for shot in after] == [shot.move for shot in before]


def test_a_prompt_names_frame_place_light_people_and_action() -> None:
    shot = shots("EXT. PIER - NIGHT\n\nAnna and Ben wait for the ferry.\n\n" + PEOPLE)[0]

    assert shot.prompt == "Wide shot, exterior, pier, night. Anna and Ben. Anna and Ben wait for the ferry."


def test_sounds_are_those_that_the_words_name() -> None:
    found = shots("EXT. PIER - NIGHT\n\nRain. A bell tolls.\n")[0]

    assert set(found.ambiences) == {"RAIN", "SEA", "NIGHT"}
    assert [cue.kind for cue in found.effects] == ["BELL"]


@pytest.mark.parametrize(
    ("heading", "action", "ambience", "effect"),
    [
        ("EXT. FIELD - DAY", "Rain falls.", "RAIN", ""),
        ("EXT. FIELD - DAY", "The wind howls.", "WIND", ""),
        ("EXT. FIELD - DAY", "Traffic goes by.", "STREET", ""),
        ("EXT. FIELD - DAY", "Waves break.", "SEA", ""),
        ("EXT. FIELD - DAY", "A crowd waits.", "CROWD", ""),
        ("EXT. FIELD - DAY", "A stone.", "AIR", ""),
        ("EXT. FIELD - NIGHT", "A stone.", "NIGHT", ""),
        ("INT. HALL - DAY", "Ben walks to the window.", "ROOM_TONE", "STEPS"),
        ("INT. HALL - DAY", "Ben opens the door.", "ROOM_TONE", "DOOR"),
        ("INT. HALL - DAY", "The phone rings.", "ROOM_TONE", "PHONE"),
        ("EXT. FIELD - DAY", "Thunder.", "AIR", "THUNDER"),
    ],
)
def test_no_shot_is_without_a_ground_and_actions_are_heard(
    heading: str, action: str, ambience: str, effect: str
) -> None:
    found = shots(f"{heading}\n\n{action}\n")[0]

    assert found.ambiences == (ambience,)
    assert [cue.kind for cue in found.effects] == ([effect] if effect else [])


def test_a_transition_joins_two_shots_by_its_words() -> None:
    found = of(
        "INT. A - DAY\n\nRain.\n\nWIPE TO:\n\nEXT. B - DAY\n\nSun.\n\nTIME PASSES TO:\n\nEXT. C - DAY\n"
    )

    assert [scene.shots[-1].joint for scene in found.scenes] == ["WIPE", None, None]


def test_every_rule_of_the_page_has_its_test_and_every_test_its_rule() -> None:
    named = set(re.findall(r"`(test_\w+)`", DOC.read_text(encoding="utf-8")))
    here = {name for name, value in globals().items() if name.startswith("test_") and callable(value)}

    assert named == here - {"test_every_rule_of_the_page_has_its_test_and_every_test_its_rule"}
