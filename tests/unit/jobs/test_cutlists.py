"""The cut of a film as editing programs read it: opened by OpenTimelineIO's own readers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from studio_jobs.cutlists.cut import Blend, Cut, Lines, Scene, Shot, Speech, Stem
from studio_jobs.cutlists.edl import EVENTS_MAX, edl_of
from studio_jobs.cutlists.otio import CONTENT_MAX_BYTES, otio_of
from studio_jobs.cutlists.tracks import Joint, JointKind, Piece, picture_track, pieces_of, stem_tracks
from studio_platform.errors import FailedPrecondition

HOUR_FRAMES = 24 * 3600


def shot(number: int, **fields: Any) -> Shot:
    """Four seconds, with a speech from frame 12 on."""
    first = Shot(
        shot_id=f"shot-{number}",
        name=f"scene 1 shot {number}",
        path=f"media/{number:04}-scene-1-shot-{number}.mp4",
        task=number,
        length_frames=96,
        head_frames=0,
        tail_frames=0,
        hold_frames=0,
        crossfade_frames=0,
        dip_frames=0,
        lines=Lines(number * 10, number * 10 + 3),
        speeches=[Speech("MARA", "Is anybody there?", 12, 30, Lines(number * 10 + 2, number * 10 + 2))],
    )
    return replace(first, **fields)


def scene(
    number: int, *shots: Shot, crossfade: int = 0, fade_in: int = 12, fade_out: int = 12, **looks: Any
) -> Scene:
    stems = [Stem(kind, f"media/{number:04}-sound-{kind}.flac", False, 0) for kind in ("dialogue", "music")]
    return Scene(
        f"INT. ROOM {number} - NIGHT", 100 + number, shots, stems, crossfade, fade_in, fade_out, **looks
    )


def cut(*scenes: Scene, opening: int = 72, closing: int = 60) -> Cut:
    return Cut(
        title="Die Fähre",
        job="jobs/1",
        revision="projects/1/revisions/1",
        film_path="film.mp4",
        width_px=1280,
        height_px=720,
        rate_hz=Fraction(24),
        opening_frames=opening,
        closing_frames=closing,
        scenes=scenes,
    )


EDITED = cut(
    scene(
        1,
        shot(1, head_frames=10, tail_frames=6, crossfade_frames=13),
        shot(2, hold_frames=24),
        shot(3, dip_frames=8),
        shot(4),
        crossfade=20,
        fade_out=0,
    ),
    scene(2, shot(5), fade_in=0),
)
"""Shot 1 shows 80 frames, the next four 96 and 24 held; 13 and 20 frames are shared."""

STARTS = [0, 72, 139, 259, 355, 431, 527]
"""The card, then each shot where its first picture is seen, and the cards at the end."""


def test_the_cut_is_as_long_as_what_shows_less_what_is_shared() -> None:
    assert EDITED.starts == [72, 72 + 80 - 13 + 120 + 96 + 96 - 20, 527]
    assert EDITED.length_frames == 527 + 60


def test_pieces_meet_in_the_middle_of_a_crossfade_and_come_to_the_films_length() -> None:
    track = picture_track(EDITED)

    pieces = pieces_of(track)
    assert [piece.start_frame for piece in pieces] == [0, 72, 145, 235, 259, 355, 441, 527]
    assert sum(piece.length_frames for piece in pieces) == EDITED.length_frames
    crossfades = [it for it in track if isinstance(it, Joint) and it.kind is JointKind.CROSSFADE]
    assert crossfades == [Joint(JointKind.CROSSFADE, 6, 7), Joint(JointKind.CROSSFADE, 10, 10)]
    assert [(it.source_frame, it.length_frames) for it in pieces[1:4]] == [(10, 73), (6, 90), (95, 24)]


def test_a_dip_is_a_joint_as_long_as_the_fades_beside_the_cut() -> None:
    dips = [it for it in picture_track(EDITED) if isinstance(it, Joint) and it.kind is JointKind.DIP]

    assert dips == [
        Joint(JointKind.DIP, 0, 12),
        Joint(JointKind.DIP, 8, 8),
        Joint(JointKind.DIP, 12, 0),
    ]


def test_stems_lie_under_their_scenes_and_share_what_these_share() -> None:
    tracks = stem_tracks(EDITED)

    assert list(tracks) == ["dialogue", "music"]
    placed = [(it.path, it.start_frame, it.source_frame) for it in pieces_of(tracks["music"])]
    assert placed == [
        ("", 0, 0),
        ("media/0001-sound-music.flac", 72, 0),
        ("media/0002-sound-music.flac", 441, 10),
        ("", 527, 0),
    ]


def test_a_crossfade_out_of_a_held_picture_is_no_longer_than_the_hold() -> None:
    held = cut(scene(1, shot(1, hold_frames=10, crossfade_frames=12), shot(2)))

    track = picture_track(held)

    (joint,) = [it for it in track if isinstance(it, Joint) and it.kind is JointKind.CROSSFADE]
    before = track[track.index(joint) - 1]
    assert isinstance(before, Piece)
    assert before.is_frozen
    assert joint.before_frames == before.length_frames == 4


def test_a_joint_is_named_by_what_it_looks_like() -> None:
    joined = cut(
        scene(1, shot(1), crossfade=12, fade_out=0, blend=Blend.WIPE),
        scene(2, shot(2), crossfade=12, fade_in=0, fade_out=0, blend=Blend.IRIS),
        scene(3, shot(3), fade_in=0, fade_out=24, fade_out_white=True),
        scene(4, shot(4, dip_frames=12, dip_from_cut=True), shot(5), fade_in=24, fade_in_white=True),
    )

    kinds = [
        (it.kind, it.before_frames, it.after_frames) for it in picture_track(joined) if isinstance(it, Joint)
    ]
    assert kinds == [
        (JointKind.DIP, 0, 12),
        (JointKind.WIPE, 6, 6),
        (JointKind.IRIS, 6, 6),
        (JointKind.DIP_TO_WHITE, 24, 24),
        (JointKind.DIP, 0, 12),
        (JointKind.DIP, 12, 0),
    ]
    timeline = read_otio(joined)
    names = [it.name for it in timeline.video_tracks()[0] if hasattr(it, "transition_type")]
    assert names == ["Dip to Black", "Wipe", "Iris", "Dip to White", "Dip to Black", "Dip to Black"]
    listed = edl_of(joined)
    assert " W001 012 " in listed
    assert " W119 012 " in listed
    assert "* DIP TO WHITE 024 BEFORE AND 024 AFTER THE CUT" in listed


def read_otio(of: Cut) -> Any:
    otio = pytest.importorskip("opentimelineio", reason="it has no wheel for this Python")
    return otio.adapters.read_from_string(otio_of(of), "otio_json")


def is_crossfade(item: Any) -> bool:
    return getattr(item, "transition_type", "") == "SMPTE_Dissolve"


def frame(time: Any) -> int:
    assert time.rate == 24
    return int(time.value)


def test_the_librarys_reader_finds_the_same_cuts_and_lengths() -> None:
    timeline = read_otio(EDITED)

    (picture,) = timeline.video_tracks()
    starts = [frame(picture.range_of_child(clip).start_time) for clip in picture.find_clips()]
    assert starts == [piece.start_frame for piece in pieces_of(picture_track(EDITED))]
    assert timeline.name == "Die Fähre"
    assert frame(timeline.global_start_time) == HOUR_FRAMES
    assert {frame(track.duration()) for track in timeline.tracks} == {EDITED.length_frames}
    assert [track.name for track in timeline.audio_tracks()] == ["Dialogue", "Music"]


def test_the_librarys_reader_finds_files_that_hold_what_is_shown_and_what_crossfades_need() -> None:
    otio = pytest.importorskip("opentimelineio", reason="it has no wheel for this Python")

    timeline = read_otio(EDITED)

    for track in timeline.tracks:
        for clip in track.find_clips():
            if not any(isinstance(effect, otio.schema.FreezeFrame) for effect in clip.effects):
                before, after = track.neighbors_of(clip)
                first = before.in_offset if is_crossfade(before) else otio.opentime.RationalTime(0, 24)
                last = after.out_offset if is_crossfade(after) else otio.opentime.RationalTime(0, 24)
                shown = clip.source_range
                file = clip.media_reference.available_range
                assert shown.start_time - first >= file.start_time
                assert shown.end_time_exclusive() + last <= file.end_time_exclusive()


def test_markers_lead_to_the_screenplays_lines() -> None:
    timeline = read_otio(EDITED)

    clips = [clip for clip in timeline.video_tracks()[0].find_clips() if clip.markers]
    names = [[marker.name for marker in clip.markers] for clip in clips]
    assert names[0] == ["scene 1 shot 1, lines 10-13", "MARA: Is anybody there?"]
    assert dict(clips[0].markers[1].metadata["film_studio"]) == {"line_first": 12, "line_last": 12}
    assert clips[0].metadata["film_studio"]["shot_id"] == "shot-1"
    scenes = [(marker.name, frame(marker.marked_range.start_time)) for marker in timeline.tracks.markers]
    assert scenes == [("INT. ROOM 1 - NIGHT", 72), ("INT. ROOM 2 - NIGHT", 431)]


def test_the_librarys_reader_of_edit_decision_lists_finds_the_same_cuts() -> None:
    otio = pytest.importorskip("opentimelineio", reason="it has no wheel for this Python")
    pytest.importorskip("otio_cmx3600_adapter")

    timeline = otio.adapters.read_from_string(edl_of(EDITED), "cmx_3600", rate=24)

    (track,) = timeline.tracks
    clips = list(track.find_clips())
    dissolves = [it for it in track if isinstance(it, otio.schema.Transition)]
    files = [clip.name for clip in clips]
    assert files[:5] == [
        "film.mp4",
        "0001-scene-1-shot-1.mp4",
        "0002-scene-1-shot-2.mp4",
        "0002-scene-1-shot-2.mp4",
        "0003-scene-1-shot-3.mp4",
    ]
    assert [frame(clip.source_range.start_time) for clip in clips[1:4]] == [10, 0, 95]
    assert [frame(it.in_offset) + frame(it.out_offset) for it in dissolves] == [13, 20]
    assert frame(track.duration()) == EDITED.length_frames


def test_an_edit_decision_list_names_each_shots_first_frame_and_lines() -> None:
    lines = edl_of(EDITED).splitlines()

    assert lines[:2] == ["TITLE: Die Fahre", "FCM: NON-DROP FRAME"]
    starts = [line.split()[-2] for line in lines if line[:3].isdigit()]
    assert [starts[0], starts[1]] == ["01:00:00:00", "01:00:03:00"]
    assert "* LOC: 01:00:03:00 GREEN   SCENE 1 SHOT 1 LINES 10-13" in lines
    assert all(len(line) <= 80 and line.isascii() for line in lines)


def test_an_edit_decision_list_of_too_many_events_is_refused() -> None:
    with pytest.raises(FailedPrecondition) as refused:
        edl_of(cut(scene(1, *(shot(number) for number in range(1, EVENTS_MAX + 1)))))

    assert refused.value.reason == "CUT_LIST_TOO_LONG"


def test_a_film_of_three_thousand_shots_fits_into_a_message_without_markers_of_speeches() -> None:
    scenes = [scene(at, *(shot(at * 30 + number) for number in range(30))) for at in range(100)]

    content = otio_of(cut(*scenes))

    assert 1_000_000 < len(content.encode()) <= CONTENT_MAX_BYTES
    assert "scene 1 shot 2999, lines" in content
    assert "MARA" not in content
