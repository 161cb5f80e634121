"""Which ids of scenes and shots survive which edits of a screenplay."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio_jobs.screenplay import Breakdown, break_down, read
from studio_jobs.screenplay.alignment import ShotKey, align, keys_of

SAMPLES = Path(__file__).parents[3] / "samples"
TWENTY = (SAMPLES / "twenty-shots.fountain").read_text(encoding="utf-8")
TEXTS = [TWENTY, (SAMPLES / "one-minute.fountain").read_text(encoding="utf-8")]

TWO_SCENES = """INT. KITCHEN - NIGHT

Rain on the window. ANNA waits at the table.

ANNA
Is anybody there?

BEN
Only me.

A kettle boils over. Ben laughs and turns the gas off.

EXT. GARDEN - DAY

A dog digs under the apple tree.

ANNA
What did he find?
"""


def broken_down(text: str) -> Breakdown:
    return break_down(read(text.encode()))


def edited(before: str, after: str) -> tuple[list[ShotKey], list[ShotKey]]:
    """The shots of a first import, and of the edit of it."""
    first = broken_down(before)
    return shots(first), shots(align(keys_of(first), broken_down(after)))


def shots(breakdown: Breakdown) -> list[ShotKey]:
    return [shot for scene in keys_of(breakdown) for shot in scene.shots]


def ids(breakdown: Breakdown) -> list[str]:
    return [shot.shot_id for shot in shots(breakdown)]


def id_of(found: list[ShotKey], text: str) -> str:
    (one,) = [shot.shot_id for shot in found if text in shot.text]
    return one


def test_a_first_import_has_the_ids_of_its_words() -> None:
    assert align((), broken_down(TWENTY)) == broken_down(TWENTY)


def test_the_same_text_again_has_the_same_ids() -> None:
    first = broken_down(TWENTY)

    assert align(keys_of(first), broken_down(TWENTY)) == first


@pytest.mark.parametrize("line", [line for line in TWENTY.splitlines() if " " in line.strip()])
def test_an_edit_of_any_line_of_the_twenty_shots_changes_the_id_of_no_other_shot(line: str) -> None:
    before, after = edited(TWENTY, TWENTY.replace(line, f"{line} Again.", 1))

    kept = {shot.shot_id for shot in before} & {shot.shot_id for shot in after}
    assert len(kept) >= len(before) - 1


def test_an_edited_heading_renames_no_shot() -> None:
    before, after = edited(TWO_SCENES, TWO_SCENES.replace("KITCHEN - NIGHT", "CELLAR - DAY"))

    assert [shot.shot_id for shot in after] == [shot.shot_id for shot in before]


def test_an_edited_line_keeps_its_shot() -> None:
    before, after = edited(TWO_SCENES, TWO_SCENES.replace("Only me.", "Nobody else."))

    assert id_of(after, "Nobody else.") == id_of(before, "Only me.")


def test_words_that_replace_an_action_whole_are_another_shot() -> None:
    before, after = edited(
        TWO_SCENES, TWO_SCENES.replace("A dog digs under the apple tree.", "Snow covers everything.")
    )

    assert id_of(after, "Snow") not in {shot.shot_id for shot in before}


def test_a_moved_scene_keeps_its_ids() -> None:
    kitchen, garden = TWO_SCENES.split("EXT.")
    before = broken_down(TWO_SCENES)

    after = align(keys_of(before), broken_down(f"EXT.{garden}\n{kitchen}"))

    assert [scene.scene_id for scene in after.scenes] == [scene.scene_id for scene in reversed(before.scenes)]
    assert set(ids(after)) == set(ids(before))


def test_a_heading_put_into_a_scene_renames_no_shot() -> None:
    before, after = edited(TWO_SCENES, TWO_SCENES.replace("A kettle", "INT. KITCHEN - LATER\n\nA kettle"))

    assert [shot.shot_id for shot in after] == [shot.shot_id for shot in before]


def test_the_first_half_of_a_split_shot_keeps_its_id() -> None:
    before, after = edited(
        TWO_SCENES, TWO_SCENES.replace("A kettle boils over. Ben", "A kettle boils over.\n\nBen")
    )

    assert id_of(after, "A kettle boils over.") == id_of(before, "A kettle boils over.")
    assert id_of(after, "Ben laughs") not in {shot.shot_id for shot in before}


def test_a_renamed_character_renames_no_shot() -> None:
    renamed = TWO_SCENES.replace("ANNA", "MARGUERITE")
    before, after = edited(TWO_SCENES, renamed)

    assert [shot.shot_id for shot in after] == [shot.shot_id for shot in before]


def test_a_shot_written_twice_has_another_number_and_the_first_keeps_its_own() -> None:
    line = "ANNA\nIs anybody there?\n"
    before, after = edited(TWO_SCENES, TWO_SCENES.replace(line, f"{line}\nSilence.\n\n{line}"))

    twice = [shot.shot_id for shot in after if shot.text == "Is anybody there?"]
    assert twice[0] == id_of(before, "Is anybody there?")
    assert twice[1].rsplit("-", 1) == [twice[0].rsplit("-", 1)[0], "2"]


def test_a_new_shot_never_has_the_id_of_a_shot_that_is_gone() -> None:
    """ "Only me." becomes other words and keeps its id; then its old words come back elsewhere."""
    first = broken_down(TWO_SCENES)
    second = align(keys_of(first), broken_down(TWO_SCENES.replace("Only me.", "Only me and the cat.")))
    text = (
        TWO_SCENES.replace("Only me.", "Only me and the cat.") + "\nINT. KITCHEN - NIGHT\n\nBEN\nOnly me.\n"
    )

    third = align(keys_of(second), broken_down(text))

    assert id_of(shots(third), "the cat") == id_of(shots(first), "Only me.")
    assert len(set(ids(third))) == len(ids(third))


def test_a_text_without_spaces_between_words_keeps_its_shots_too() -> None:
    text = ".街道\n\n雨落在窗户上，她在桌边等着。\n\n一只狗在苹果树下挖洞。\n"
    before, after = edited(text, text.replace("她在桌边等着", "她在门边等着"))

    assert [shot.shot_id for shot in after] == [shot.shot_id for shot in before]


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, str]:
    """A sample, and the same after one edit."""
    text = draw(st.sampled_from(TEXTS))
    parts = paragraphs(text)
    at = draw(st.integers(1, len(parts) - 1))
    kind = draw(st.sampled_from(["change", "insert", "delete", "move", "rename", "heading"]))
    if kind == "change":
        words = parts[at].split(" ")
        words[draw(st.integers(0, len(words) - 1))] += draw(st.sampled_from([" again", " slowly", " and"]))
        parts[at] = " ".join(words)
    elif kind == "insert":
        parts.insert(at, draw(st.sampled_from(["A cat crosses.", "TOM\nWait.", "Nothing moves out there."])))
    elif kind == "delete":
        del parts[at]
    elif kind == "heading":
        parts.insert(at, "INT. CELLAR - NIGHT")
    elif kind == "rename":
        name = draw(st.sampled_from(["MIRA", "IRIS", "TOM", "OLD BEN"]))
        parts = paragraphs(text.replace(name, "ZARA").replace(name.title(), "Zara"))
    else:
        head, *scenes = text.split("\nINT.")
        scenes.insert(draw(st.integers(0, len(scenes))), scenes.pop(draw(st.integers(0, len(scenes) - 1))))
        return text, "\nINT.".join([head, *scenes])
    return text, "\n\n".join(parts)


def once(found: list[ShotKey]) -> dict[tuple[str, str], str]:
    """The ids of shots whose words stand once."""
    counts = Counter(shot.words for shot in found)
    return {shot.words: shot.shot_id for shot in found if counts[shot.words] == 1}


@settings(max_examples=120, deadline=None, derandomize=True)
@given(edits())
def test_after_any_edit_no_other_shot_has_a_new_id(edit: tuple[str, str]) -> None:
    before, after = edited(*edit)

    old, new = once(before), once(after)
    assert {words: new[words] for words in old.keys() & new.keys()} == {
        words: old[words] for words in old.keys() & new.keys()
    }


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(edits(), min_size=1, max_size=4))
def test_after_any_edits_ids_are_unique_and_an_alignment_again_changes_nothing(
    steps: list[tuple[str, str]],
) -> None:
    film = broken_down(steps[0][0])
    for _, text in steps:
        film = align(keys_of(film), broken_down(text))

        assert len(set(ids(film))) == len(ids(film))
        assert len({scene.scene_id for scene in film.scenes}) == len(film.scenes)
        assert align(keys_of(film), broken_down(text)) == film


def test_one_deleted_line_of_many_that_are_alike_deletes_one_id() -> None:
    text = "INT. A - DAY\n\nRain.\n\n" + "ANNA\nNo.\n\nBEN\nYes.\n\n" * 40
    before, after = edited(text, text.replace("BEN\nYes.\n\n", "", 1))

    assert len({shot.shot_id for shot in before} - {shot.shot_id for shot in after}) == 1
