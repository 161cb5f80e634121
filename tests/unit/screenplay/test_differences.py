"""What became of each scene between two revisions."""

from __future__ import annotations

from studio_jobs.screenplay.differences import Difference, Fate, SceneChange, differences
from studio_jobs.screenplay.reader import Form, read

KITCHEN = "INT. KITCHEN - NIGHT\n\nRain on the window.\n\nMARA\nIs anybody there?\n"
STREET = "EXT. STREET - DAY\n\nA car waits at the corner.\n\nTOM\nOnly me, with the letters.\n"
PIER = "EXT. PIER - DAWN\n\nGulls over the grey water.\n"
FIELD = "EXT. FIELD - DAY\n\nWheat, and one crow that counts.\n"


def compared(before: list[str], after: list[str]) -> Difference:
    return differences(*(read("\n".join(scenes).encode(), form=Form.FOUNTAIN) for scenes in (before, after)))


def told(difference: Difference) -> list[tuple[Fate, int, int]]:
    """Fate and ordinals, 0 where there is no such scene."""
    return [
        (change.fate, _ordinal(change, "base"), _ordinal(change, "target")) for change in difference.changes
    ]


def _ordinal(change: SceneChange, side: str) -> int:
    scene = getattr(change, side)
    return scene.ordinal if scene else 0


def test_the_same_text_changes_nothing() -> None:
    found = compared([KITCHEN, STREET], [KITCHEN, STREET])

    assert told(found) == [(Fate.UNCHANGED, 1, 1), (Fate.UNCHANGED, 2, 2)]
    assert not found.title_page_changed


def test_blank_lines_and_line_ends_change_nothing() -> None:
    found = compared([KITCHEN, STREET], [KITCHEN.replace("\n", "\r\n"), "\n\n\n", STREET])

    assert {change.fate for change in found.changes} == {Fate.UNCHANGED}


def test_a_changed_line_is_named_in_both_revisions() -> None:
    found = compared([KITCHEN, STREET], ["\n\n", KITCHEN, STREET.replace("A car waits", "Two cars wait")])

    _, street = found.changes
    assert street.fate is Fate.CHANGED
    (lines,) = street.lines
    assert lines.base is not None
    assert lines.target is not None
    assert (lines.base.line_first, lines.target.line_first) == (10, 13)


def test_an_added_line_stands_for_no_line_of_the_base() -> None:
    found = compared([PIER], [PIER + "\nA bell.\n"])

    (pier,) = found.changes
    assert [(lines.base, lines.target and lines.target.line_first) for lines in pier.lines] == [(None, 5)]


def test_a_line_that_was_taken_away_stands_for_no_line_of_the_target() -> None:
    found = compared([PIER + "\nA bell.\n"], [PIER])

    (pier,) = found.changes
    assert [(lines.base and lines.base.line_first, lines.target) for lines in pier.lines] == [(5, None)]


def test_a_scene_more_is_added_and_the_others_stay() -> None:
    found = compared([KITCHEN, STREET], [KITCHEN, PIER, STREET])

    assert told(found) == [(Fate.UNCHANGED, 1, 1), (Fate.ADDED, 0, 2), (Fate.UNCHANGED, 2, 3)]


def test_a_removed_scene_is_told_where_it_stood() -> None:
    found = compared([KITCHEN, PIER, STREET], [KITCHEN, STREET])

    assert told(found) == [(Fate.UNCHANGED, 1, 1), (Fate.REMOVED, 2, 0), (Fate.UNCHANGED, 3, 2)]


def test_a_scene_at_another_place_has_moved_and_the_others_stay() -> None:
    found = compared([KITCHEN, PIER, STREET, FIELD], [KITCHEN, STREET, FIELD, PIER])

    assert told(found) == [
        (Fate.UNCHANGED, 1, 1),
        (Fate.UNCHANGED, 3, 2),
        (Fate.UNCHANGED, 4, 3),
        (Fate.MOVED, 2, 4),
    ]


def test_a_scene_that_moved_and_was_changed_is_one_scene_with_its_lines() -> None:
    moved = STREET.replace("at the corner", "by the corner")
    found = compared([STREET, KITCHEN, PIER, FIELD], [KITCHEN, PIER, FIELD, moved])

    assert told(found)[-1] == (Fate.MOVED, 1, 4)
    assert len(found.changes[-1].lines) == 1


def test_a_new_heading_over_the_same_words_is_a_change() -> None:
    found = compared([KITCHEN, STREET], [KITCHEN.replace("KITCHEN", "PANTRY"), STREET])

    assert told(found) == [(Fate.CHANGED, 1, 1), (Fate.UNCHANGED, 2, 2)]


def test_other_words_under_another_heading_are_another_scene() -> None:
    found = compared([KITCHEN, STREET], [KITCHEN, FIELD])

    assert [change.fate for change in found.changes] == [Fate.UNCHANGED, Fate.REMOVED, Fate.ADDED]


def test_scenes_that_repeat_are_told_apart_by_their_order() -> None:
    found = compared([PIER, PIER, PIER], [PIER, PIER])

    assert sorted(change.fate for change in found.changes) == [
        Fate.REMOVED,
        Fate.UNCHANGED,
        Fate.UNCHANGED,
    ]


def test_every_scene_of_both_is_told_exactly_once() -> None:
    before = [f"INT. ROOM {n % 5} - DAY\n\nSomebody says word {n % 7}.\n" for n in range(40)]
    after = [before[(7 * n) % 40] for n in range(40) if n % 3] + [PIER]

    found = compared(before, after)

    assert sorted(_ordinal(c, "base") for c in found.changes if c.base) == list(range(1, 41))
    assert sorted(_ordinal(c, "target") for c in found.changes if c.target) == list(range(1, len(after) + 1))


def test_a_change_of_the_title_page_is_said() -> None:
    found = compared(["Title: One\n", KITCHEN], ["Title: Two\n", KITCHEN])

    assert found.title_page_changed
    assert told(found) == [(Fate.UNCHANGED, 1, 1)]


def test_what_stands_before_the_first_heading_is_a_scene_without_one() -> None:
    found = compared([KITCHEN], ["FADE IN:\n", KITCHEN])

    assert told(found) == [(Fate.ADDED, 0, 1), (Fate.UNCHANGED, 1, 2)]
    added = found.changes[0].target
    assert added is not None
    assert added.heading == ""
