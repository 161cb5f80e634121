"""film timeline and the verbs that edit it: what is printed, and what the studio is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from filmstudio.casting.v1 import casting_pb2
from filmstudio.cli.replacing import Brought, replace_media, restore_media
from filmstudio.cli.timeline import (
    Sound,
    Where,
    edit_shot,
    list_timeline,
    lock_shot,
    move_shot,
    set_level,
    set_titles,
)
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.timeline.v1 import timeline_pb2
from tests.integration.filmstudio.rig import StudioRig

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def ferry(rig: StudioRig) -> str:
    """A project of two scenes, of which the first has an edited shot and a moved one."""
    project = rig.script.project("The Last Ferry").name

    def shot(label: str, **fields: object) -> timeline_pb2.TimelineShot:
        name = f"{project}/timeline/shots/shot-{label.replace('.', '')}-1"
        return timeline_pb2.TimelineShot(name=name, display_name=label, etag="3", **fields)  # type: ignore[arg-type]

    spoken = timeline_pb2.ShotEdit(
        head_trim_ms=200,
        hold_ms=1_500,
        transition=timeline_pb2.Transition(kind=timeline_pb2.TRANSITION_KIND_CROSSFADE, length_ms=500),
        lines=[timeline_pb2.LineLevel(line=1, level=timeline_pb2.Level(gain_millibels=-350))],
    )
    moved = timeline_pb2.ShotEdit(placement=timeline_pb2.Placement(anchor="shot-11-1", number=1))
    music = timeline_pb2.SceneEdit(music=timeline_pb2.Level(muted=True))
    rig.script.timeline = timeline_pb2.Timeline(
        project=project,
        titles=timeline_pb2.Titles(end_title="Fin"),
        scenes=[
            timeline_pb2.TimelineScene(
                name=f"{project}/timeline/scenes/scene-1-1",
                number="1",
                heading="INT. [CABIN] - NIGHT",
                edit=music,
                shots=[
                    shot(
                        "1.1", lines=["IRIS: Wait."], length_ms=2_100, line_first=3, line_last=4, edit=spoken
                    ),
                    shot(
                        "2.1",
                        effects=["DOOR"],
                        action="A [pier].",
                        line_first=9,
                        line_last=9,
                        edit=moved,
                    ),
                ],
            ),
            timeline_pb2.TimelineScene(
                name=f"{project}/timeline/scenes/scene-2-1", number="2", heading="EXT. PIER - DAY"
            ),
        ],
        strays=[
            timeline_pb2.StrayEdit(
                reason=timeline_pb2.STRAY_REASON_SHOT_GONE, name=f"{project}/timeline/shots/shot-9-1"
            )
        ],
    )
    return project


async def test_a_timeline_is_listed_with_its_edits_in_words(studio: FilmStudio, capsys: Printed) -> None:
    await list_timeline(studio, "The Last Ferry", as_json=False)

    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["SHOT", "LENGTH", "LINES", "EDITED", "WHAT"]
    assert printed[1] == "1  INT. [CABIN] - NIGHT (music muted)"
    assert "head -0.2 s, hold +1.5 s, crossfade 0.5 s, line 1 -3.5 dB" in printed[2]
    assert printed[3].split() == ["2.1", "9-9", "moved", "after", "1.1", "A", "[pier]."]
    assert printed[4:] == ["card end: Fin", "no effect: shot-9-1: the screenplay has the shot no more"]


async def test_a_shot_is_edited_by_its_label_with_its_etag(
    rig: StudioRig, studio: FilmStudio, capsys: Printed
) -> None:
    await edit_shot(studio, "The Last Ferry", "1.1", {"tail_trim_ms": 300}, as_json=True)

    (request,) = rig.script.requests["UpdateTimelineShot"]
    assert request.shot.name.endswith("/shots/shot-11-1")
    assert (request.shot.etag, list(request.update_mask.paths)) == ("3", ["edit.tail_trim_ms"])
    assert json.loads(capsys.readouterr().out)["edit"] == {"tailTrimMs": 300}


async def test_a_label_of_two_shots_is_refused_with_their_ids(
    rig: StudioRig, studio: FilmStudio, ferry: str
) -> None:
    rig.script.timeline.scenes[0].shots[1].display_name = "1.1"

    with pytest.raises(RefusedError, match="several shots: shot-11-1, shot-21-1"):
        await edit_shot(studio, ferry, "1.1", {"tail_trim_ms": 300}, as_json=False)


async def test_a_lines_gain_keeps_the_other_levels_of_its_shot(
    rig: StudioRig, studio: FilmStudio, ferry: str
) -> None:
    await set_level(studio, ferry, Sound("1.1", line=2), None, True, as_json=False)
    await set_level(studio, ferry, Sound("1.1", line=1), 0.0, None, as_json=False)

    first, second = rig.script.requests["UpdateTimelineShot"]
    assert [
        (entry.line, entry.level.gain_millibels, entry.level.muted) for entry in first.shot.edit.lines
    ] == [
        (1, -350, False),
        (2, 0, True),
    ]
    assert not second.shot.edit.lines[0].level.ListFields()
    assert second.shot.edit.lines[0].HasField("level")


async def test_a_stem_of_a_scene_is_set_by_the_scenes_number(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await set_level(studio, ferry, Sound("2", stem="effects"), -6.0, None, as_json=False)

    (request,) = rig.script.requests["UpdateTimelineScene"]
    assert request.scene.edit.effects.gain_millibels == -600
    assert capsys.readouterr().out == "scene 2: effects -6 dB\n"
    with pytest.raises(RefusedError, match="there are 1, 2"):
        await set_level(studio, ferry, Sound("7", stem="music"), None, True, as_json=False)


async def test_a_shot_is_moved_by_labels(rig: StudioRig, studio: FilmStudio, ferry: str) -> None:
    await move_shot(studio, ferry, "1.1", Where(after="2.1"), as_json=False)
    await move_shot(studio, ferry, "2.1", Where(), as_json=False)

    there, home = rig.script.requests["MoveTimelineShot"]
    assert (there.after, there.WhichOneof("place")) == ("shot-21-1", "after")
    assert home.WhichOneof("place") is None


async def test_titles_are_set_by_name(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await set_titles(studio, ferry, {"title": "Ferry", "end_title": ""}, as_json=False)

    (request,) = rig.script.requests["UpdateTitles"]
    assert request.titles.name == f"{ferry}/timeline/titles"
    assert sorted(request.update_mask.paths) == ["end_title", "title"]
    assert capsys.readouterr().out == "card title: Ferry\n"


async def test_a_shot_that_there_is_not_is_refused_and_one_that_is_gone_can_be_cleared(
    rig: StudioRig, studio: FilmStudio, ferry: str
) -> None:
    with pytest.raises(RefusedError, match=r"no shot '4\.4'"):
        await edit_shot(studio, ferry, "4.4", {"hold_ms": 5}, as_json=False)
    await edit_shot(studio, ferry, "shot-9-1", {"hold_ms": 0}, as_json=False)

    assert rig.script.requests["UpdateTimelineShot"][0].shot.name.endswith("/shots/shot-9-1")


async def test_a_shot_is_locked_and_unlocked_by_its_label(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await lock_shot(studio, ferry, "1.1", locked=True, as_json=False)
    await lock_shot(studio, ferry, "1.1", locked=False, as_json=False)

    (request,) = rig.script.requests["LockTimelineShot"]
    assert request.name.endswith("/shots/shot-11-1")
    assert capsys.readouterr().out == "shot 1.1: locked\nshot 1.1: as the studio has it\n"


async def test_a_file_is_brought_with_whose_it_is(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed, tmp_path: Path
) -> None:
    file = tmp_path / "voice.wav"
    file.write_bytes(b"RIFF")
    voice = Brought(file, "J. Doe", "own recording", "CC0-1.0", consent="signed")

    await replace_media(studio, ferry, Sound("1.1", line=1), voice, as_json=False)
    await restore_media(studio, ferry, Sound("1", stem="music"))

    (brought,), (restored,) = (rig.script.requests[name] for name in ("ReplaceMedia", "RestoreMedia"))
    assert (brought.target.line.shot, brought.target.line.line) == ("shot-11-1", 1)
    assert (brought.content, brought.credit.consent) == (b"RIFF", "signed")
    assert restored.target.music == "scene-1-1"
    assert capsys.readouterr().out == "1.1 line 1: by J. Doe (CC0-1.0), 2.5 s\n"


async def test_a_portrait_is_brought_for_a_character_by_name(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed, tmp_path: Path
) -> None:
    name = f"{ferry}/castMembers/0123456789abcdef"
    rig.script.cast = [casting_pb2.CastMember(name=name, character="IRIS")]
    file = tmp_path / "iris.png"
    file.write_bytes(b"\x89PNG")
    portrait = Brought(file, "J. Doe", "own", "CC0-1.0", consent="signed", shows_people=True)

    await replace_media(studio, ferry, Sound("iris", stem="portrait"), portrait, as_json=False)
    with pytest.raises(RefusedError, match=r"no character is called 'Iri'; did you mean IRIS\?"):
        await restore_media(studio, ferry, Sound("Iri", stem="portrait"))

    (brought,) = rig.script.requests["ReplaceMedia"]
    assert brought.target.portrait == "0123456789abcdef"
    assert brought.shows_people
    assert capsys.readouterr().out.startswith("iris portrait: by J. Doe (CC0-1.0)")


async def test_a_file_over_the_limit_is_refused_before_it_is_sent(
    rig: StudioRig, studio: FilmStudio, ferry: str, tmp_path: Path
) -> None:
    file = tmp_path / "long.mp4"
    with file.open("wb") as sparse:
        sparse.truncate(256 * 1024**2 + 1)

    brought = Brought(file, "a", "b", "c")

    with pytest.raises(RefusedError, match="268,435,457 bytes"):
        await replace_media(studio, ferry, Sound("1.1", stem="clip"), brought, as_json=False)

    assert not rig.script.requests["ReplaceMedia"]
