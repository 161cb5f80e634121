"""The quality gate: each defect planted in a real file is named with its time, and what is meant passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from studio_composer.captions import Cue, captions_from
from studio_composer.defects import FilmFault, Kind, Meant, left_of, time_code
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.gate import Bounds, caption_defects
from studio_composer.orders import Level
from studio_platform.engine import EngineFailure
from tests.unit.composer.material import (
    WatchedRun,
    content,
    film_order,
    segment_order,
)
from tests.unit.composer.planting import (
    HEADING,
    LENGTH_FRAMES,
    LENGTHS,
    Material,
    black_stretch,
    clipped_music,
    compose_film,
    compose_scene,
    corrupt_packet,
    dropped_picture,
    film_of,
    frozen_stretch,
    hole_in_the_sound,
    late_subtitle,
    loudness_of_another_target,
    missing_shot,
    other_chapters,
    peak_over_its_limit,
    picture_late,
    picture_shown_twice,
    silent_stretch,
    sound_that_ends_early,
    unheard_speech,
    verify,
    with_clip,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("whole")
    scene = segment_order(folder / "scene", lengths=LENGTHS)
    [segment] = SegmentEngine(folder).run([scene], [WatchedRun()])
    order = film_order(folder, {HEADING: segment}, title_card_frames=0, end_card_frames=0)
    [product] = FilmEngine(folder).run([order], [WatchedRun()])
    film = folder / "film.mp4"
    film.write_bytes(content(product, "film"))
    return Material(folder, scene, segment, order, film)


@pytest.fixture
def material(whole: Material, tmp_path: Path) -> Material:
    return replace(whole, folder=tmp_path)


PLANTED = [
    (
        black_stretch,
        r"00:00:01.000 \(frame 24\) to 00:00:02.500 \(frame 60\): shot shot-0: .*black for 1.5 s.*take",
    ),
    (
        frozen_stretch,
        r"00:00:00.500 \(frame 12\) to 00:00:03.000 \(frame 72\): shot shot-0: .*stands still for 2.5 s",
    ),
    (
        clipped_music,
        r"00:00:01.000 \(frame 24\) to 00:00:02.000 \(frame 48\): .*the music is clipped for 1.0 s",
    ),
    (unheard_speech, r"00:00:00.250 \(frame 6\) to 00:00:00.750 .*nothing is heard of what MARA says"),
    (
        silent_stretch,
        r"00:00:01.\d+ \(frame \d+\) to 00:00:04.\d+ \(frame \d+\): nothing is heard for 3.\d s",
    ),
    (loudness_of_another_target, r"00:00:00.000 .*measures -16.\d LUFS where -23.0 are due"),
    (peak_over_its_limit, r"00:00:02.500 \(frame 60\) .*true peak is 0.0 dBTP where -1.0 is the limit"),
    (dropped_picture, r"no picture shows at 00:00:01.250 \(frame 30\)"),
    (picture_shown_twice, r"two pictures show at 00:00:02.000 \(frame 48\)"),
    (corrupt_packet, r"picture at 00:00:02.500 \(frame 60\) can't be decoded"),
    (missing_shot, r"video track lasts 3.0 s, the film 5.5 s: from 00:00:03.000 \(frame 72\)"),
    (picture_late, r"no picture shows at 00:00:03.000 \(frame 72\)"),
    (sound_that_ends_early, r"audio track lasts 4.\d+ s, the film 5.5 s: from 00:00:04"),
    (hole_in_the_sound, r"sound is missing, or there twice, at 00:00:02.5"),
    (late_subtitle, r"text track differs from the captions from 00:00:00.250 \(frame 6\)"),
    (other_chapters, r"chapters .* were written"),
]


@pytest.mark.parametrize(("plant", "told"), PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_a_planted_defect_fails_with_its_time(
    plant: Callable[[Material], None], told: str, material: Material
) -> None:
    with pytest.raises((EngineFailure, FilmFault), match=told):
        plant(material)


def test_a_whole_film_passes_and_its_report_says_what_was_checked(material: Material) -> None:
    checks = compose_film(material, material.order)

    verify(material, material.film)
    assert checks["pictures_decoded"] == LENGTH_FRAMES
    assert checks["defects"] == 0
    assert {kind.value for kind in Kind} < set(checks["looked_for"])
    assert checks["meant"] == []


def test_a_held_picture_and_a_dip_to_black_are_declared_and_pass(material: Material) -> None:
    first, last = material.scene.shots
    shots = (replace(first, hold_frames=60), replace(last, dip_frames=0))
    order = replace(material.scene, shots=shots, retimed=True, fade_in_frames=12, fade_out_frames=12)

    checks = compose_film(material, film_of(material, compose_scene(material, order)))

    assert [it["why"] for it in checks["meant"]] == ["fade in", "fade out", "held picture"]


def test_a_scene_without_music_and_effects_may_be_silent(material: Material) -> None:
    order = replace(material.scene, music_role="", effects_role="")

    checks = compose_film(material, film_of(material, compose_scene(material, order)))

    assert [it["why"] for it in checks["meant"]] == ["scene without music and effects"]


def test_a_muted_scene_may_be_silent(material: Material) -> None:
    muted = {"music": Level(muted=True), "effects": Level(muted=True)}
    order = film_order(
        material.folder, {HEADING: material.segment}, {0: muted}, title_card_frames=24, end_card_frames=0
    )

    checks = compose_film(material, order)

    assert {it["why"] for it in checks["meant"]} == {"title card", "muted scene"}


def test_a_brought_clip_may_stand_still(material: Material) -> None:
    order = with_clip(material, lambda frame, picture: picture, still_from=0)
    shots = (replace(order.shots[0], fitted=True), order.shots[1])

    segment = compose_scene(material, replace(order, shots=shots))

    assert segment.frames == LENGTH_FRAMES


def test_captions_beside_their_speech_are_defects() -> None:
    bounds = Bounds(Fraction(24), 2_400)
    cues = [Cue(1_000, 3_000, "ADA", "Where is it?"), Cue(5_000, 7_000, "BEN", "I don't know.")]
    right = captions_from(cues, 100_000)
    late = [replace(right[0], start_ms=1_600, end_ms=3_600), right[1]]
    early = [replace(right[0], start_ms=300, end_ms=2_300), right[1]]

    told = [
        [d.start_frame for d in caption_defects(cues, it, bounds)] for it in (right, late, early, right[:1])
    ]

    assert told == [[], [24], [7], [120]]


def test_what_is_meant_is_cut_out_of_a_stretch() -> None:
    meant = [Meant(Kind.BLACK, 10, 20, ""), Meant(Kind.FROZEN, 0, 90, ""), Meant(Kind.BLACK, 80, 120, "")]

    assert left_of(range(100), Kind.BLACK, meant) == [range(10), range(20, 80)]


def test_a_time_code_counts_hours_at_any_rate() -> None:
    assert time_code(90_000, Fraction(24)) == "01:02:30.000 (frame 90000)"
    assert time_code(100, Fraction(30_000, 1_001)) == "00:00:03.337 (frame 100)"
