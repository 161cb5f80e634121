"""The verbs on screenplays as a writer runs them, at a studio whose reader is the real one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.filmstudio.film_process import Film
from tests.integration.filmstudio.rig import StudioRig

GOOD = "Title: Rain\n\nINT. OFFICE - NIGHT\n\nRain on 街.\n\nMARA\nIs it gone?\n\nEXT. PIER - DAY\n\nGulls.\n"
OPEN_NOTE = GOOD.replace("Gulls.", "Gulls. [[and more")
TOPIC = "a fox in a lighthouse"


@pytest.fixture
def folder(stranger: Film) -> Path:
    (stranger.folder / "good.fountain").write_text(GOOD)
    (stranger.folder / "note.fountain").write_text(OPEN_NOTE)
    (stranger.folder / "topic.txt").write_text(TOPIC)
    return stranger.folder


async def test_a_text_without_faults_is_told_in_one_line(film: Film, folder: Path) -> None:
    checked = await film("check", "good.fountain")

    assert checked.code == 0, checked.err
    assert len(checked.lines) == 1
    assert checked.lines[0].startswith("good.fountain: 2 scenes, 3 shots, 2/8 page, ")
    assert checked.lines[0].endswith("; nothing to remark")


async def test_a_remark_quotes_the_line_and_names_the_cure(film: Film, folder: Path) -> None:
    checked = await film("check", "note.fountain")

    assert checked.code == 0
    assert checked.lines[0].startswith("note.fountain:12:")
    assert ": warning: " in checked.lines[0]
    assert checked.lines[1] == "   12 | Gulls. [[and more"
    assert "^" in checked.lines[2]
    assert checked.lines[3].startswith("    ")
    assert checked.lines[-1].endswith("; 1 warning")


async def test_strict_makes_a_warning_end_it(film: Film, folder: Path) -> None:
    assert (await film("check", "--strict", "good.fountain")).code == 0
    assert (await film("check", "--strict", "note.fountain")).code == 1


async def test_of_several_files_each_is_told_and_a_refusal_hides_no_other(film: Film, folder: Path) -> None:
    checked = await film("check", "topic.txt", "note.fountain", "good.fountain")

    assert checked.code == 2
    assert checked.lines[0].startswith("topic.txt: error: ")
    assert "topic.txt: can't be filmed" in checked.lines
    assert any(line.startswith("note.fountain:12:") for line in checked.lines)
    assert checked.lines[-1].startswith("good.fountain: 2 scenes")


async def test_standard_input_is_read_for_a_dash(film: Film, folder: Path) -> None:
    checked = await film("check", "-", stdin=OPEN_NOTE)

    assert checked.lines[0].startswith("<stdin>:12:")


async def test_programs_get_one_object_a_file(film: Film, folder: Path) -> None:
    checked = await film("check", "--json", "note.fountain", "topic.txt")

    note, topic = map(json.loads, checked.lines)
    assert (note["file"], note["refused"], note["scenes"]) == ("note.fountain", False, 2)
    assert (note["diagnostics"][0]["line"], note["diagnostics"][0]["severity"]) == (12, "SEVERITY_WARNING")
    assert (topic["refused"], topic["diagnostics"][0]["severity"]) == (True, "SEVERITY_ERROR")
    assert topic["diagnostics"][0]["code"]
    assert topic["diagnostics"][0]["suggestion"]


@pytest.mark.parametrize("verb", ["check", "breakdown"])
async def test_a_file_that_is_not_there_is_named_before_a_studio_is_asked(stranger: Film, verb: str) -> None:
    refused = await stranger(verb, "nowhere.fountain")

    assert refused.code == 2
    assert refused.err.startswith("film: nowhere.fountain: ")


async def test_shots_are_listed_with_their_scene_and_who_is_in_frame(film: Film, folder: Path) -> None:
    listed = await film("breakdown", "good.fountain")

    head, _, master, speech, *_ = [line.split() for line in listed.lines]
    assert head == ["SHOT", "SEC", "SIZE", "CAMERA", "IN", "FRAME", "SPEECH", "OR", "ACTION"]
    assert listed.lines[1].startswith("1  INT. OFFICE - NIGHT  ")
    assert (master[0], master[2], master[-3:]) == ("1.1", "wide", ["Rain", "on", "街."])
    assert (speech[0], speech[2]) == ("1.2", "close")
    assert speech[-5:] == ["MARA", "MARA:", "Is", "it", "gone?"]
    assert listed.lines[-1] == "speaking: MARA"


async def test_a_table_fits_a_terminal_of_eighty_columns(film: Film, folder: Path) -> None:
    long = GOOD.replace("Rain on 街.", "雨が降る夜の街。" * 12).replace("MARA", "THE OLD HARBOUR MASTER")
    (folder / "long.fountain").write_text(long)

    async with film.at_terminal("breakdown", "long.fountain", columns=80) as terminal:
        assert await terminal.ends() == 0
        await terminal.shows("speaking: ")
        rows = [line.rstrip() for line in terminal.text.splitlines()]

    wide = [sum(2 if ord(character) > 0x2E80 else 1 for character in row) for row in rows[:6]]
    assert max(wide) <= 80
    assert any("…" in row for row in rows)


async def test_the_same_format_is_the_same_bytes(film: Film, folder: Path) -> None:
    converted = await film("convert", "good.fountain", "-o", "out/copy.fountain")

    assert converted.code == 0, converted.err
    assert (folder / "out" / "copy.fountain").read_text() == GOOD


@pytest.mark.parametrize("output", ["good.fountain", "good.pdf", "out"])
async def test_a_target_that_can_not_be_written_is_refused(film: Film, folder: Path, output: str) -> None:
    refused = await film("convert", "good.fountain", "-o", output)

    assert refused.code == 2
    assert (folder / "good.fountain").read_text() == GOOD


async def test_revisions_are_listed_with_the_newest_first(rig: StudioRig, film: Film) -> None:
    project = rig.script.project("Rain")
    rig.script.texts[project.name] = [GOOD.encode(), OPEN_NOTE.encode()]

    listed = await film("revisions", "Rain")

    assert [line.split()[0] for line in listed.lines] == ["REVISION", "2", "1"]
    assert str(len(OPEN_NOTE.encode())) in listed.lines[1]


async def test_a_difference_shows_scenes_and_lines(rig: StudioRig, film: Film) -> None:
    project = rig.script.project("Rain")
    changed = GOOD.replace("Gulls.", "Gulls, many.") + "\nINT. CELLAR - DAY\n\nDark.\n"
    rig.script.texts[project.name] = [b"INT. X - DAY\n\nOld.\n", GOOD.encode(), changed.encode()]

    compared = await film("diff", "Rain")

    assert compared.code == 0, compared.err
    assert compared.lines == [
        "Rain: revision 2 to 3",
        "~   2  EXT. PIER - DAY",
        "       line 12",
        "     - Gulls.",
        "     + Gulls, many.",
        "+   3  INT. CELLAR - DAY",
        "1 changed, 1 added, 1 unchanged",
    ]


async def test_any_two_revisions_are_compared_by_number(rig: StudioRig, film: Film) -> None:
    project = rig.script.project("Rain")
    rig.script.texts[project.name] = [GOOD.encode(), b"INT. X - DAY\n\nOld.\n", GOOD.encode() + b"\n"]

    compared = await film("diff", project.name, "1", "3", "--json")

    kinds = [change["kind"] for change in json.loads(compared.out)["changes"]]
    assert kinds == ["SCENE_CHANGE_KIND_UNCHANGED"] * 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("Rain",), "one text only"), (("Rain", "1", "1"), "different"), (("Snow",), "no project")],
)
async def test_what_can_not_be_compared_is_said(
    rig: StudioRig, film: Film, arguments: tuple[str, ...], said: str
) -> None:
    rig.script.texts[rig.script.project("Rain").name] = [GOOD.encode()]

    refused = await film("diff", *arguments)

    assert refused.code == 2
    assert said in refused.err


async def test_a_draft_is_written_to_a_new_file_that_checks(film: Film, folder: Path) -> None:
    written = await film("write", TOPIC, "-o", "fox.fountain")
    checked = await film("check", "--strict", "fox.fountain")

    assert written.code == 0, written.err
    assert "INT. LIGHTHOUSE - DAY" in (folder / "fox.fountain").read_text()
    assert "template" in written.err
    assert checked.code == 0


async def test_a_draft_replaces_nothing(film: Film, folder: Path) -> None:
    refused = await film("write", TOPIC, "-o", "good.fountain")

    assert refused.code == 2
    assert (folder / "good.fountain").read_text() == GOOD


async def test_a_draft_without_a_file_is_printed_alone(film: Film, folder: Path) -> None:
    written = await film("write", TOPIC)
    checked = await film("check", "-", stdin=written.out)

    assert checked.code == 0
    assert written.out.startswith("Title: ")
