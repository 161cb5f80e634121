"""film shots, shot, retake, takes and the history: what is printed, and what the studio is asked for."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from filmstudio.auth.v1 import members_pb2
from filmstudio.cli.history import list_history, redo, restore, undo
from filmstudio.cli.shots import edit_shot, list_shots, retake_shot, show_shot
from filmstudio.cli.takes import choose_take, compare_takes, list_takes
from filmstudio.client import FilmStudio
from filmstudio.edits.v1 import edits_pb2
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.shots.v1 import shots_pb2
from tests.integration.filmstudio.rig import StudioRig

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def ferry(rig: StudioRig) -> str:
    """A project with a plain shot, one that was taken again, and one that is gone."""
    project = rig.script.project("The Last Ferry").name
    rig.script.shots = [
        shots_pb2.Shot(
            name=f"{project}/shots/shot-1-1",
            in_screenplay=True,
            scene="1",
            ordinal=1,
            display_name="1.1",
            action="A [pier].",
            estimated_ms=2200,
            suggested_move=task_pb2.CAMERA_MOVE_PAN_LEFT,
            chosen_take=f"{project}/shots/shot-1-1/takes/1",
            take_count=1,
            etag="a1",
        ),
        shots_pb2.Shot(
            name=f"{project}/shots/shot-1-2",
            in_screenplay=True,
            scene="1",
            ordinal=2,
            display_name="1.2",
            speaker="IRIS",
            settings=shots_pb2.TakeSettings(duration_ms=4000, still_pool="pools/fine"),
            chosen_take=f"{project}/shots/shot-1-2/takes/3",
            take_count=2,
            etag="b2",
        ),
        shots_pb2.Shot(
            name=f"{project}/shots/shot-9-9",
            display_name="shot-9-9",
            settings=shots_pb2.TakeSettings(prompt="Fog."),
            chosen_take=f"{project}/shots/shot-9-9/takes/1",
            take_count=1,
        ),
    ]
    rig.script.takes = [
        shots_pb2.Take(
            name=f"{project}/shots/shot-1-2/takes/1",
            seed=11,
            artifacts=[shots_pb2.TakeArtifact(kind=task_pb2.TASK_KIND_STILL, current=True)],
        ),
        shots_pb2.Take(
            name=f"{project}/shots/shot-1-2/takes/3",
            seed=33,
            chosen=True,
            settings=shots_pb2.TakeSettings(duration_ms=4000),
            artifacts=[shots_pb2.TakeArtifact(kind=task_pb2.TASK_KIND_STILL)],
        ),
    ]
    rig.script.edits = [
        _edit(project, 2, "scene 1 shot 2: take 3", edits_pb2.EDIT_ACTION_EDIT),
        _edit(project, 1, "cast IRIS: look", edits_pb2.EDIT_ACTION_EDIT),
    ]
    return project


def _edit(project: str, number: int, summary: str, action: edits_pb2.EditAction.ValueType) -> edits_pb2.Edit:
    edit = edits_pb2.Edit(
        name=f"{project}/edits/{number}",
        action=action,
        author=f"users/{'0' * 8}-0000-0000-0000-{'0' * 12}",
        summary=summary,
    )
    edit.create_time.FromDatetime(datetime.now(UTC))
    return edit


async def test_shots_are_listed_with_takes_lengths_and_what_was_edited(
    studio: FilmStudio, capsys: Printed
) -> None:
    await list_shots(studio, "The Last Ferry", only_edited=False, as_json=False)

    head, pier, iris, gone = capsys.readouterr().out.splitlines()
    assert head.split() == ["SHOT", "TAKE", "SECONDS", "CAMERA", "SPEAKER", "EDITED", "NOTE", "ACTION"]
    assert pier.split() == ["1.1", "2.2", "pan-left", "A", "[pier]."]
    assert iris.split() == ["1.2", "take", "3", "(of", "2)", "4.0", "IRIS", "still", "pool,", "duration"]
    assert gone.startswith("shot-9-9")
    assert "not in the newest revision" in gone


async def test_only_edited_shots_are_listed_when_asked(studio: FilmStudio, capsys: Printed) -> None:
    await list_shots(studio, "The Last Ferry", only_edited=True, as_json=True)

    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert [name.rpartition("/")[2] for name in names] == ["shot-1-2", "shot-9-9"]


async def test_a_shot_is_shown_with_what_is_edited_and_what_the_text_says(
    studio: FilmStudio, capsys: Printed
) -> None:
    await show_shot(studio, "The Last Ferry", "1.1", as_json=False)

    said = capsys.readouterr().out
    assert said.startswith("shot 1.1, take 1: A [pier].\n")
    assert "2.2 s" in said
    assert "pan-left" in said


@pytest.mark.parametrize("written", ["1.2", "shot-1-2"])
async def test_a_shot_is_edited_by_its_place_or_id_with_the_settings_given(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed, written: str
) -> None:
    fields = {"seed": 0, "camera_move": "CAMERA_MOVE_HOLD"}

    await edit_shot(studio, ferry, written, fields, as_json=True)

    (request,) = rig.script.requests["UpdateShot"]
    assert (request.shot.name, request.shot.etag) == (f"{ferry}/shots/shot-1-2", "b2")
    assert sorted(request.update_mask.paths) == ["settings.camera_move", "settings.seed"]
    assert json.loads(capsys.readouterr().out)["settings"]["cameraMove"] == "CAMERA_MOVE_HOLD"


async def test_a_shot_that_there_is_not_is_refused_with_those_that_there_are(
    studio: FilmStudio, ferry: str
) -> None:
    with pytest.raises(RefusedError, match=r"no shot is called '7\.1'; this project has 1\.1, 1\.2, shot-9"):
        await show_shot(studio, ferry, "7.1", as_json=False)


async def test_a_retake_sends_the_etag_so_that_a_lost_answer_makes_no_second_one(
    rig: StudioRig, studio: FilmStudio, ferry: str
) -> None:
    await retake_shot(studio, ferry, "1.2", {"duration_ms": 5000}, as_json=True)

    (request,) = rig.script.requests["RetakeShot"]
    assert (request.etag, request.settings.duration_ms) == ("b2", 5000)
    assert list(request.update_mask.paths) == ["duration_ms"]


async def test_takes_are_listed_with_what_is_made_of_them(
    studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await list_takes(studio, ferry, "1.2", None, as_json=False)

    head, one, three = capsys.readouterr().out.splitlines()
    assert head.split() == ["TAKE", "SEED", "MADE", "SETTINGS"]
    assert one.split() == ["1", "11", "still"]
    assert three.split() == ["3", "chosen", "33", "with", "other", "settings", "duration:", "4", "s"]


async def test_what_was_made_of_takes_is_saved_in_the_folder_whatever_name_the_studio_gives(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed, tmp_path: Path
) -> None:
    job = rig.script.job()
    job.files[jobs_pb2.ASSET_FILM] = b"picture"
    (artifact,) = rig.script.takes[0].artifacts
    artifact.url = f"{rig.script.files_address}/{job.name}/{jobs_pb2.ASSET_FILM}"
    artifact.filename, artifact.size_bytes = "../../still.png", 7
    artifact.sha256 = hashlib.sha256(b"picture").hexdigest()

    await list_takes(studio, ferry, "1.2", tmp_path / "new" / "takes", as_json=False)

    saved = tmp_path / "new" / "takes" / "still.png"
    assert capsys.readouterr().out.split() == [str(saved)]
    assert saved.read_bytes() == b"picture"


async def test_a_label_of_two_shots_is_refused_with_their_ids(
    rig: StudioRig, studio: FilmStudio, ferry: str
) -> None:
    rig.script.shots[1].display_name = "1.1"

    with pytest.raises(RefusedError, match="several shots: shot-1-1, shot-1-2"):
        await show_shot(studio, ferry, "1.1", as_json=False)


async def test_a_take_is_chosen_and_two_are_compared(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await choose_take(studio, ferry, "1.2", 1, as_json=True)
    capsys.readouterr()
    await compare_takes(studio, ferry, "1.2", 1, 3, as_json=False)

    (request,) = rig.script.requests["ChooseTake"]
    assert (request.name, request.etag) == (f"{ferry}/shots/shot-1-2/takes/1", "b2")
    assert capsys.readouterr().out.splitlines()[1].split() == ["duration", "by", "the", "studio", "4000"]


async def test_the_history_is_listed_with_who_did_it_and_what_comes_next(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    ben = members_pb2.Member(user=rig.script.edits[0].author, display_name="Ben")
    rig.script.members = [ben]
    rig.script.edits[1].author = (await studio.me()).name

    await list_history(studio, ferry, 20, as_json=False)

    head, newest, first = capsys.readouterr().out.splitlines()
    assert head.split() == ["EDIT", "AGE", "BY", "WHAT", "NEXT"]
    assert newest.rstrip().endswith("Ben  scene 1 shot 2: take 3")
    assert first.split()[3:] == ["you", "cast", "IRIS:", "look", "undo"]


async def test_an_edit_of_somebody_who_left_is_listed(
    studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await list_history(studio, ferry, 1, as_json=False)

    assert capsys.readouterr().out.rstrip().endswith("somebody  scene 1 shot 2: take 3")


async def test_undo_redo_and_restore_send_the_newest_edit_so_that_a_lost_answer_does_nothing_twice(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await undo(studio, ferry, as_json=False)
    await redo(studio, ferry, as_json=False)
    await restore(studio, ferry, 1, as_json=False)

    for method in ("UndoEdit", "RedoEdit", "RestoreEdits"):
        (request,) = rig.script.requests[method]
        assert request.newest_edit == f"{ferry}/edits/2"
    assert rig.script.requests["RestoreEdits"][0].edit == f"{ferry}/edits/1"
    assert capsys.readouterr().out.splitlines() == [
        "undid: scene 1 shot 2: take 3",
        "redid: scene 1 shot 2: take 3",
        "restored: scene 1 shot 2: take 3",
    ]
