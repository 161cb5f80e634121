"""Scenes with timeline edits: picture, speech, subtitles and effects stay together."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio_composer.blends import Blend
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.orders import Level, SegmentOrder, SegmentShot
from studio_composer.scene_sound import speeches_of
from studio_media.picture import Plane, Planes, frames
from studio_media.sound import Samples, decode, samples_for
from studio_platform.engine import EngineFailure, Product
from tests.unit.composer.material import (
    RATE,
    WatchedRun,
    content,
    film_order,
    given,
    noise,
    segment_order,
    tone,
)

FRAME_SAMPLES = 2_000
QUIETER = Level(gain_millibels=-600)


def composed(folder: Path, order: SegmentOrder) -> Product:
    [product] = SegmentEngine(folder).run([order], [WatchedRun()])
    return product


def edited(order: SegmentOrder, *edits: dict[str, object]) -> SegmentOrder:
    """The order with its shots changed one after another, as a planner describes edits."""
    starts = np.cumsum([0, *(shot.length_frames for shot in order.shots)])
    shots = [
        replace(shot, effects_start_frame=int(start), **(edits[index] if index < len(edits) else {}))  # type: ignore[arg-type]  # fields by name
        for index, (shot, start) in enumerate(zip(order.shots, starts, strict=False))
    ]
    return replace(order, shots=tuple(shots), retimed=True)


def clip_of(order: SegmentOrder, shot: SegmentShot) -> list[Planes]:
    return list(frames(order.inputs[shot.clip_role].parts["clip"]))


def pictures_of(product: Product) -> list[Planes]:
    return list(frames(content(product, "picture")))


def stem(product: Product, role: str) -> Samples:
    return decode(content(product, role), channels=2)


def difference(one: Planes, two: Planes) -> float:
    return float(np.abs(one.y.astype(int) - two.y.astype(int)).mean())


def spoken_frame(product: Product, role: str = "dialogue") -> float:
    return float(np.flatnonzero(np.abs(stem(product, role)[:, 0]) > 0.01)[0] / FRAME_SAMPLES)


def test_trims_leave_out_pictures_at_both_ends_and_copy_what_they_can(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))
    order = edited(order, {"head_trim_frames": 4, "tail_trim_frames": 7})

    product = composed(tmp_path, order)

    shown = [*clip_of(order, order.shots[0])[4:41], *clip_of(order, order.shots[1])]
    pictures = pictures_of(product)
    assert product.frames == len(pictures) == len(shown) == 73
    assert max(difference(*pair) for pair in zip(pictures, shown, strict=True)) < 2
    assert product.facts["frames_copied"] == str((36 - 12) + 36)


def test_speech_and_subtitles_follow_a_trim_and_a_hold_before_them(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))
    first, second = order.shots
    order = replace(order, shots=(replace(second, shot_id="silent"), first))
    order = edited(order, {"head_trim_frames": 6, "hold_frames": 10}, {"head_trim_frames": 2})

    product = composed(tmp_path, order)

    start_frame = 36 - 6 + 10 - 2 + 6
    [cue] = json.loads(content(product, "cues"))
    assert product.frames == len(pictures_of(product)) == 40 + 46
    assert cue["start_ms"] == round(start_frame * 1000 / RATE)
    assert cue["end_ms"] == cue["start_ms"] + 500
    assert spoken_frame(product) == pytest.approx(start_frame, abs=0.01)


def test_a_hold_shows_the_last_picture_that_is_left(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))
    order = edited(order, {"tail_trim_frames": 6, "hold_frames": 9})

    pictures = pictures_of(composed(tmp_path, order))

    last = clip_of(order, order.shots[0])[41]
    assert len(pictures) == 42 + 9 + 36
    assert max(difference(picture, last) for picture in pictures[42:51]) < 2


def test_speech_that_a_trim_cuts_is_heard_and_read_as_far_as_the_picture_goes(tmp_path: Path) -> None:
    order = edited(segment_order(tmp_path / "in"), {"head_trim_frames": 12, "tail_trim_frames": 32})

    product = composed(tmp_path, order)

    [cue] = json.loads(content(product, "cues"))
    dialogue = stem(product, "dialogue")[:, 0]
    assert (cue["start_ms"], cue["end_ms"]) == (0, round(4 * 1000 / RATE))
    assert np.abs(dialogue[: 4 * FRAME_SAMPLES]).max() > 0.2
    assert not dialogue[4 * FRAME_SAMPLES :].any()
    assert abs(dialogue[0]) < 0.01, "a cut that does not fade clicks"


def test_speech_that_is_trimmed_away_has_no_subtitle(tmp_path: Path) -> None:
    order = edited(segment_order(tmp_path / "in"), {"head_trim_frames": 20})

    product = composed(tmp_path, order)

    assert json.loads(content(product, "cues")) == []
    assert not stem(product, "dialogue").any()


def test_effects_go_with_their_shots(tmp_path: Path) -> None:
    order = edited(segment_order(tmp_path / "in", lengths=(48, 36)))
    order = replace(order, shots=order.shots[::-1])
    before = decode(order.inputs["effects"].parts["effects"], channels=2)

    effects = stem(composed(tmp_path, order), "effects")

    seam = FRAME_SAMPLES
    assert len(effects) == samples_for(84, RATE, 1)
    assert np.array_equal(effects[seam : 36 * 2000 - seam], before[48 * 2000 + seam : 84 * 2000 - seam])
    assert np.array_equal(effects[36 * 2000 + seam :], before[seam : 48 * 2000])


def test_effects_of_shots_that_still_follow_each_other_have_no_seam(tmp_path: Path) -> None:
    order = edited(segment_order(tmp_path / "in", lengths=(24, 36, 30)), {}, {}, {"tail_trim_frames": 6})
    before = decode(order.inputs["effects"].parts["effects"], channels=2)

    effects = stem(composed(tmp_path, order), "effects")

    assert np.array_equal(effects, before[: 84 * FRAME_SAMPLES])


def test_music_is_cut_to_a_shorter_scene_and_goes_on_through_a_longer_one(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))
    before = decode(order.inputs["music"].parts["music"], channels=2)

    shorter = stem(composed(tmp_path, edited(order, {"tail_trim_frames": 20})), "music")
    longer = stem(composed(tmp_path, edited(order, {"hold_frames": 96})), "music")

    assert np.array_equal(shorter, before[: 64 * FRAME_SAMPLES])
    assert len(longer) == 180 * FRAME_SAMPLES
    seconds = longer.reshape(-1, 12_000, 2).std(axis=(1, 2))
    assert seconds.min() > 0.6 * before.std(), "no hole where the music begins again"


def test_a_crossfade_shares_its_frames_and_moves_what_follows(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(36, 48))
    spoken, silent = order.shots
    order = edited(
        replace(order, shots=(replace(silent, cues=()), spoken)), {"crossfade_frames": 8, "hold_frames": 2}
    )

    product = composed(tmp_path, order)

    pictures = pictures_of(product)
    out, into = clip_of(order, order.shots[0]), clip_of(order, order.shots[1])
    [cue] = json.loads(content(product, "cues"))
    assert product.frames == len(pictures) == 48 + 2 - 8 + 36
    assert difference(pictures[42], out[42]) < difference(pictures[42], into[0])
    assert difference(pictures[49], into[7]) < difference(pictures[49], out[47])
    assert cue["start_ms"] == round((42 + 6) * 1000 / RATE)


def test_a_dip_darkens_both_sides_of_a_joint_and_no_length(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))
    order = replace(order, shots=(replace(order.shots[0], dip_frames=12), order.shots[1]))

    pictures = pictures_of(composed(tmp_path, order))

    assert len(pictures) == 84
    assert pictures[47].y.max() <= 24
    assert pictures[48].y.max() <= 24
    assert pictures[30].y.mean() > 60 < pictures[62].y.mean()


def test_a_muted_line_is_neither_heard_nor_read_and_the_mix_still_knows_it(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    cue = replace(order.shots[0].cues[0], level=Level(muted=True))
    order = replace(order, shots=(replace(order.shots[0], cues=(cue,)), order.shots[1]))

    product = composed(tmp_path, order)

    assert not stem(product, "dialogue").any()
    assert json.loads(content(product, "cues")) == []
    assert stem(product, "dialogue_spoken").any()


def test_a_line_of_another_gain_is_that_much_quieter(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    cue = replace(order.shots[0].cues[0], level=QUIETER)
    quiet = replace(order, shots=(replace(order.shots[0], cues=(cue,)), order.shots[1]))

    heard = (
        stem(composed(tmp_path, quiet), "dialogue").std() / stem(composed(tmp_path, order), "dialogue").std()
    )

    assert 20 * np.log10(heard) == pytest.approx(-6, abs=0.05)


def test_a_crossfade_longer_than_its_shots_is_refused_for_good(tmp_path: Path) -> None:
    order = edited(segment_order(tmp_path / "in", lengths=(48, 36)), {"crossfade_frames": 40})

    with pytest.raises(EngineFailure, match="CROSSFADE_TOO_LONG") as failure:
        composed(tmp_path, order)

    assert failure.value.permanent


def test_the_same_edits_give_the_same_bytes(tmp_path: Path) -> None:
    order = edited(
        segment_order(tmp_path / "in"), {"tail_trim_frames": 5, "hold_frames": 3, "crossfade_frames": 6}
    )

    one, two = composed(tmp_path, order), composed(tmp_path, order)

    for part in one.parts:
        assert content(one, part.role) == content(two, part.role)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Product]:
    folder = tmp_path_factory.mktemp("scenes")
    one = segment_order(folder / "one", lengths=(48, 36), seed=3)
    two = edited(
        segment_order(folder / "two", lengths=(40, 30), seed=5, text="And then it stopped."),
        {"head_trim_frames": 2, "hold_frames": 12},
    )
    return {"INT. ONE": composed(folder, one), "EXT. TWO": composed(folder, two)}


def film_of(folder: Path, scenes: dict[str, Product], *, crossfade: int = 0, **levels: Level) -> Product:
    order = film_order(folder, scenes, {0: {"crossfade_frames": crossfade, **levels}})
    [product] = FilmEngine(folder).run([order], [WatchedRun()])
    return product


def test_a_film_with_edits_keeps_chapters_subtitles_and_speech_together(
    scenes: dict[str, Product], tmp_path: Path
) -> None:
    product = film_of(tmp_path, scenes, crossfade=12)

    report = json.loads(content(product, "report"))
    second_start = 36 + 84 - 12
    length = second_start + 80 + 24
    assert product.frames == length == len(list(frames(content(product, "film"))))
    assert [chapter["start_ms"] for chapter in report["chapters"]] == [0, second_start * 1000 // RATE]
    speech = decode(content(product, "film"), sound_format="mov")[:, 0]
    subtitles = content(product, "subtitles-srt").decode()
    starts = [(36 + 6) * 1000 / RATE, (second_start + 4) * 1000 / RATE]
    told = [line.split(" --> ")[0] for line in subtitles.splitlines() if "-->" in line]
    assert [_ms(text) for text in told] == [round(start) for start in starts]
    for start_ms in starts:
        before, after = (_tone_level(speech, start_ms + offset) for offset in (-120, 20))
        assert after > 8 * before, f"speech does not start at {start_ms} ms"


def _ms(text: str) -> int:
    hours, minutes, seconds = text.replace(",", ".").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def _tone_level(sound: Samples, at_ms: float) -> float:
    """How much of the speech's tone of 440 Hz there is in a tenth of a second."""
    at = round(at_ms * 48)
    part = sound[at : at + 4_800]
    turns = np.exp(-2j * np.pi * 440 * np.arange(len(part)) / 48_000)
    return float(abs((part * turns).mean()))


def test_muting_a_scenes_music_takes_it_out_of_that_scene_alone(
    scenes: dict[str, Product], tmp_path: Path
) -> None:
    whole = decode(content(film_of(tmp_path, scenes), "film"), sound_format="mov")
    muted = film_of(tmp_path, scenes, music=Level(muted=True), effects=Level(muted=True))

    sound = decode(content(muted, "film"), sound_format="mov")

    silent = slice(60 * FRAME_SAMPLES, 110 * FRAME_SAMPLES)
    other = slice(150 * FRAME_SAMPLES, 180 * FRAME_SAMPLES)
    assert whole[silent].std() > 20 * sound[silent].std()
    assert sound[other].std() > 0.5 * whole[other].std()


def test_the_end_card_says_what_it_is_told(scenes: dict[str, Product], tmp_path: Path) -> None:
    usual = film_order(tmp_path, scenes)
    told = replace(usual, end_title="To be continued")

    [one], [other] = (FilmEngine(tmp_path).run([order], [WatchedRun()]) for order in (usual, told))

    last = [list(frames(content(film, "film")))[-12] for film in (one, other)]
    assert difference(*last) > 0.5


def test_tones_differ_from_silence() -> None:
    assert _tone_level(decode(tone(1, 0.3, 1))[:, 0], 100) > 0.1


def test_a_clip_that_is_to_be_fitted_is_scaled_between_bars_and_held(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48, 36))
    first = order.shots[0]
    wide = replace(order, width_px=256, height_px=108, shots=(replace(first, fitted=True, length_frames=60),))
    total = noise(samples_for(60, RATE, 1), 0.05, 4)
    sounds = {role: given(tmp_path, role, role, total) for role in ("music", "effects")}

    pictures = pictures_of(composed(tmp_path, replace(wide, inputs={**order.inputs, **sounds})))

    assert {picture.y.shape for picture in pictures} == {(108, 256)}
    assert len(pictures) == 60
    assert pictures[20].y[:, :28].max() <= 20 >= pictures[20].y[:, -28:].max()
    inner = replace(pictures[20], y=pictures[20].y[:, 32:-32])
    assert difference(inner, clip_of(order, first)[20]) < 2
    assert difference(pictures[59], pictures[47]) < 2 < difference(pictures[47], pictures[45])


def test_a_clip_that_is_to_be_fitted_keeps_its_tempo_at_another_rate(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in", lengths=(48,))
    shot = replace(order.shots[0], fitted=True, length_frames=24, cues=())
    total = noise(96_000, 0.05, 4)
    sounds = {role: given(tmp_path, role, role, total) for role in ("music", "effects")}
    halved = replace(order, rate_numerator=12, shots=(shot,), inputs={**order.inputs, **sounds})

    pictures = pictures_of(composed(tmp_path, halved))

    before = clip_of(order, order.shots[0])
    assert len(pictures) == 24
    assert max(difference(one, two) for one, two in zip(pictures, before[::2], strict=True)) < 3


def test_music_that_somebody_brought_may_be_shorter_than_its_scene(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    short = given(tmp_path, "music", "music", noise(60_000, 0.1, 1))
    fitted = replace(order, music_fitted=True, inputs={**order.inputs, "music": short})

    music = stem(composed(tmp_path, fitted), "music")

    assert len(music) == 84 * FRAME_SAMPLES
    assert music[-12_000:].std() > 0.05


def test_credits_stand_on_cards_of_their_own_after_the_end(
    scenes: dict[str, Product], tmp_path: Path
) -> None:
    lines = tuple(f"Music: Composer {number} (CC-BY-4.0)" for number in range(9))
    usual = film_order(tmp_path, scenes)
    credited = replace(usual, credits=lines, credits_card_frames=30)

    [before], [after] = (FilmEngine(tmp_path).run([order], [WatchedRun()]) for order in (usual, credited))

    cards = list(frames(content(after, "film")))[before.frames :]
    report = json.loads(content(after, "report"))
    assert after.frames == before.frames + 60
    assert report["credits"] == list(lines)
    assert (cards[15].y > 150).sum() > 3 * (cards[45].y > 150).sum() > 0
    assert report["chapters"][-1]["end_ms"] == round(after.frames * 1000 / RATE)


def test_a_brought_ambience_lies_under_the_effects_for_the_whole_scene(tmp_path: Path) -> None:
    order = segment_order(tmp_path / "in")
    hum = given(tmp_path, "ambience", "effects", tone(1.2, 0.02, 2, 110.0))
    laid = replace(order, ambience_role="ambience", inputs={**order.inputs, "ambience": hum})

    effects = stem(composed(tmp_path, laid), "effects")

    single = stem(composed(tmp_path, order), "effects")
    added = effects - single
    assert len(effects) == len(single)
    assert all(0.008 < part.std() < 0.03 for part in np.split(added, 7))


def difference_of(one: Plane, two: Plane) -> float:
    return float(np.abs(one.astype(np.float64) - two).mean())


def joined(folder: Path, **joint: object) -> tuple[list[Planes], list[Planes], list[Planes]]:
    """The pictures of a scene of two clips with this joint, and those of each clip."""
    order = edited(segment_order(folder / "in", lengths=(48, 36)), joint)
    going, coming = (clip_of(order, shot) for shot in order.shots)
    return pictures_of(composed(folder, order)), going, coming


def test_a_wipe_shows_the_next_shot_behind_an_edge_that_goes_over_the_picture(tmp_path: Path) -> None:
    shown, going, coming = joined(tmp_path, crossfade_frames=12, blend=Blend.WIPE)

    half = shown[36 + 5]
    edge = half.y.shape[1] * 6 // 13
    assert len(shown) == 72
    assert difference_of(half.y[:, : edge - 12], coming[5].y[:, : edge - 12]) < 4
    assert difference_of(half.y[:, edge + 12 :], going[36 + 5].y[:, edge + 12 :]) < 4


def test_an_iris_opens_on_the_next_shot_from_the_middle(tmp_path: Path) -> None:
    shown, going, coming = joined(tmp_path, crossfade_frames=12, blend=Blend.IRIS)

    half = shown[36 + 5]
    assert difference_of(half.y[44:64, 86:106], coming[5].y[44:64, 86:106]) < 4
    assert difference_of(half.y[:, :20], going[36 + 5].y[:, :20]) < 4


def test_a_dip_may_go_over_white_and_a_cut_to_black_comes_from_black_alone(tmp_path: Path) -> None:
    white, *_ = joined(tmp_path / "white", dip_frames=12, dips_to_white=True)
    black, going, _ = joined(tmp_path / "black", dip_frames=12, dips_from_cut=True)

    assert min(white[47].y.mean(), white[48].y.mean()) > 230
    assert difference(black[47], going[47]) < 4
    assert black[48].y.mean() < 20


def talk(folder: Path, *, over_frames: int) -> SegmentOrder:
    """A scene whose first line is heard over the cut, and a second one in the next shot."""
    order = segment_order(folder, speech_seconds=2.0)
    first, second = order.shots
    answer = replace(first.cues[0], start_frame=20, text="It was not.")
    return replace(
        order,
        shots=(replace(first, over_frames=over_frames), replace(second, cues=(answer,), length_frames=80)),
    )


def test_a_line_that_goes_on_over_a_cut_is_heard_and_read_to_its_end(tmp_path: Path) -> None:
    speeches = speeches_of(talk(tmp_path, over_frames=6))

    first, second = speeches.cues
    assert (first.start_ms, first.end_ms) == (250, 2_250)
    assert second.start_ms == 2_833


def test_without_that_a_line_longer_than_its_shot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure, match="longer than its shot"):
        speeches_of(talk(tmp_path, over_frames=0))


def test_a_line_over_a_cut_never_meets_the_next_one_however_that_is_trimmed(tmp_path: Path) -> None:
    order = talk(tmp_path, over_frames=6)
    trimmed = replace(order.shots[1], head_trim_frames=18)

    first, second = speeches_of(replace(order, shots=(order.shots[0], trimmed), retimed=True)).cues

    assert first.end_ms <= second.start_ms
