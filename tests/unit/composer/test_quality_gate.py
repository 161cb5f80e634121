"""The quality gate: each defect planted in a real file is named with its time, and what is meant passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.packet import Packet

from studio_composer.captions import Caption, Cue, captions_from
from studio_composer.defects import FilmFault, Kind, Meant, left_of, time_code
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.film_file import FilmParts, add_text_track, write_film
from studio_composer.gate import Bounds, caption_defects
from studio_composer.orders import FilmOrder, Level, SegmentOrder
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Piece, reference_for
from studio_composer.timeline import Scene, Timeline
from studio_composer.verdicts import look_at
from studio_composer.verification import Written, decode_pictures, verify_film
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter, packets
from studio_media.sound import encode_flac
from studio_platform.engine import EngineFailure, Product
from tests.unit.composer.material import (
    HEIGHT_PX,
    RATE,
    WIDTH_PX,
    WatchedRun,
    content,
    film_order,
    given,
    segment_order,
    tone,
)

_REFERENCE = reference_for(WIDTH_PX, HEIGHT_PX, RATE, 1)
_LENGTHS = (72, 60)
_LENGTH_FRAMES = sum(_LENGTHS)
_LENGTH_SAMPLES = _LENGTH_FRAMES * 2_000
_HEADING = "INT. CAFÉ - NIGHT"

Edit = Callable[[Packet], Packet | None]  # type: ignore[type-arg]


@dataclass(frozen=True)
class Material:
    """A whole scene and a whole film of it without cards, each with what it was made from."""

    folder: Path
    scene: SegmentOrder
    segment: Product
    order: FilmOrder
    film: Path

    def edited_film(self, track: str, edit: Edit) -> Path:
        """The film with the packets of one track changed; None leaves a packet out."""
        path = self.folder / "edited.mp4"
        _remux(self.film, path, {track: edit})
        return path

    def edited_picture(self, edit: Edit) -> Path:
        """The scene's picture with its packets changed."""
        path = self.folder / "picture.mp4"
        _remux(self.order.inputs["segment-0"].parts["picture"], path, {"video": edit})
        return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("whole")
    scene = segment_order(folder / "scene", lengths=_LENGTHS)
    [segment] = SegmentEngine(folder).run([scene], [WatchedRun()])
    order = film_order(folder, {_HEADING: segment}, title_card_frames=0, end_card_frames=0)
    [product] = FilmEngine(folder).run([order], [WatchedRun()])
    film = folder / "film.mp4"
    film.write_bytes(content(product, "film"))
    return Material(folder, scene, segment, order, film)


@pytest.fixture
def material(whole: Material, tmp_path: Path) -> Material:
    return replace(whole, folder=tmp_path)


def black_stretch(made: Material) -> None:
    compose_scene(made, with_clip(made, lambda frame, picture: picture * (not 24 <= frame < 60)))


def frozen_stretch(made: Material) -> None:
    compose_scene(made, with_clip(made, lambda frame, picture: picture, still_from=12))


def clipped_music(made: Material) -> None:
    at = np.arange(_LENGTH_SAMPLES)
    wave = np.where((at >= 48_000) & (at < 96_000), 2.0, 0.1) * np.sin(at * 0.05)
    clipped = encode_flac(np.repeat(np.clip(wave, -1, 1).astype(np.float32)[:, None], 2, axis=1))
    compose_scene(made, with_sound(made, "music", "music", clipped))


def unheard_speech(made: Material) -> None:
    compose_scene(made, with_sound(made, "speech-0", "speech", tone(0.5, 0.0, 1)))


def silent_stretch(made: Material) -> None:
    order = made.scene
    loud = np.random.default_rng(1).standard_normal((_LENGTH_SAMPLES, 2)).astype(np.float32) * 0.05
    loud[48_000 : 48_000 * 9 // 2] = 0
    for role in ("music", "effects"):
        order = with_sound(replace(made, scene=order), role, role, encode_flac(loud))
    compose_film(made, film_of(made, compose_scene(made, order)))


def loudness_of_another_target(made: Material) -> None:
    compose_film(made, replace(made.order, loudness_target_millilufs=-23_000))


def peak_over_its_limit(made: Material) -> None:
    sound = made.order.inputs["sound-0"]
    record = json.loads(sound.parts["loudness"].read_bytes())
    path = made.folder / "loudness"
    path.write_text(json.dumps(record | {"true_peak": 1.0, "peak_ms": 2_500}))
    parts = {**sound.parts, "loudness": path}
    inputs = {**made.order.inputs, "sound-0": replace(sound, parts=parts)}
    compose_film(made, replace(made.order, inputs=inputs))


def dropped_picture(made: Material) -> None:
    look(made.edited_picture(lambda packet: None if frame_of(packet) == 30 else packet))


def picture_shown_twice(made: Material) -> None:
    shown = [packet for packet in packets(made.film) for _ in range(2 if frame_of(packet) == 48 else 1)]
    decode_pictures(shown, _REFERENCE, timeline(made.film), PosterChoice(), Shelf(), _nothing)


def corrupt_packet(made: Material) -> None:
    look(made.edited_picture(lambda packet: corrupted(packet) if frame_of(packet) == 60 else packet))


def missing_shot(made: Material) -> None:
    verify(made, made.edited_film("video", lambda packet: packet if frame_of(packet) < 72 else None))


def picture_late(made: Material) -> None:
    verify(
        made,
        made.edited_film("video", lambda packet: moved(packet, 512) if frame_of(packet) >= 72 else packet),
    )


def sound_that_ends_early(made: Material) -> None:
    verify(made, made.edited_film("audio", lambda packet: packet if seconds_of(packet) < 4 else None))


def hole_in_the_sound(made: Material) -> None:
    verify(made, made.edited_film("audio", lambda packet: None if 2 <= seconds_of(packet) < 2.5 else packet))


def late_subtitle(made: Material) -> None:
    late = [replace(it, start_ms=it.start_ms + 700, end_ms=it.end_ms + 700) for it in captions(made.film)]
    whole_film = timeline(made.film)
    pieces = [whole_film.scenes[0].picture]
    parts = FilmParts(pieces, made.film, late, whole_film.chapters(), "T", "", "eng", whole_film.length_ms)
    path = made.folder / "late.mp4"
    write_film(parts, _REFERENCE, path, _nothing)
    verify(made, path)


def other_chapters(made: Material) -> None:
    verify(made, made.film, heading="EXT. STREET - DAY")


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
    assert checks["pictures_decoded"] == _LENGTH_FRAMES
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
        material.folder, {_HEADING: material.segment}, {0: muted}, title_card_frames=24, end_card_frames=0
    )

    checks = compose_film(material, order)

    assert {it["why"] for it in checks["meant"]} == {"title card", "muted scene"}


def test_a_brought_clip_may_stand_still(material: Material) -> None:
    order = with_clip(material, lambda frame, picture: picture, still_from=0)
    shots = (replace(order.shots[0], fitted=True), order.shots[1])

    segment = compose_scene(material, replace(order, shots=shots))

    assert segment.frames == _LENGTH_FRAMES


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


def compose_scene(made: Material, order: SegmentOrder) -> Product:
    [product] = SegmentEngine(made.folder).run([order], [WatchedRun()])
    return product


def film_of(made: Material, segment: Product) -> FilmOrder:
    return film_order(made.folder, {_HEADING: segment}, title_card_frames=0, end_card_frames=0)


def compose_film(made: Material, order: FilmOrder) -> dict[str, Any]:
    [product] = FilmEngine(made.folder).run([order], [WatchedRun()])
    checks: dict[str, Any] = json.loads(content(product, "report"))["checks"]
    return checks


def with_clip(
    made: Material, shown: Callable[[int, np.ndarray], np.ndarray], still_from: int = 1_000
) -> SegmentOrder:
    """The scene whose first clip shows noise that moves up to a frame, changed by `shown`."""
    path = made.folder / "planted.mp4"
    rng = np.random.default_rng(9)
    coarse = rng.integers(60, 220, (HEIGHT_PX // 18, WIDTH_PX // 18 + 30, 3))
    picture = np.kron(coarse, np.ones((18, 18, 1))).astype(np.uint8)
    with ClipWriter(PictureForm(WIDTH_PX, HEIGHT_PX, RATE, 1, _LENGTHS[0]), path) as writer:
        for frame in range(_LENGTHS[0]):
            at = min(frame, still_from) * 4
            window = picture[:, at : at + WIDTH_PX]
            writer.write_rgb(np.ascontiguousarray(shown(frame, window).astype(np.uint8)))
    return replace(
        made.scene, inputs={**made.scene.inputs, "clip-0": given(made.folder, "clip-0", "clip", path)}
    )


def with_sound(made: Material, role: str, part: str, data: bytes) -> SegmentOrder:
    return replace(
        made.scene, inputs={**made.scene.inputs, role: given(made.folder, f"planted-{role}", part, data)}
    )


def look(picture: Path) -> None:
    look_at(picture, _LENGTH_FRAMES, _REFERENCE, Shelf(), _nothing)


def verify(made: Material, film: Path, heading: str = _HEADING) -> None:
    """Read a film back as if it had just been written with what the whole one holds."""
    trail = decode_pictures(
        packets(made.film), _REFERENCE, timeline(made.film), PosterChoice(), Shelf(), _nothing
    ).trail
    written = Written(trail, captions(made.film), made.film)
    verify_film(film, timeline(film, heading), _REFERENCE, written, _nothing)


def timeline(film: Path, heading: str = _HEADING) -> Timeline:
    scene = Scene(heading, "", Piece(film, 0, _LENGTH_FRAMES), 0, encoded_again=False)
    return Timeline((scene,), _LENGTH_FRAMES, Fraction(RATE))


def captions(film: Path) -> Sequence[Caption]:
    with av.open(str(film), mode="r", format="mov") as container:
        texts = list(container.demux(container.streams.subtitles[0]))
    return [
        Caption(it.pts, it.pts + (it.duration or 0), (bytes(it)[2:].decode(),))
        for it in texts
        if it.pts is not None and it.size > 2
    ]


def frame_of(packet: Packet) -> int:  # type: ignore[type-arg]
    return round((packet.pts or 0) * (packet.time_base or 0) * RATE)


def seconds_of(packet: Packet) -> float:  # type: ignore[type-arg]
    return float((packet.pts or 0) * (packet.time_base or 0))


def moved(packet: Packet, ticks: int) -> Packet:  # type: ignore[type-arg]
    packet.pts, packet.dts = (packet.pts or 0) + ticks, (packet.dts or 0) + ticks
    return packet


def corrupted(packet: Packet) -> Packet:  # type: ignore[type-arg]
    data = bytes(packet)
    broken: Packet = Packet(data[:5] + b"\xff" * 7 + data[12:])  # type: ignore[type-arg]
    broken.pts, broken.dts, broken.duration = packet.pts, packet.dts, packet.duration
    broken.time_base, broken.is_keyframe = packet.time_base, packet.is_keyframe
    return broken


def _remux(source: Path, path: Path, edits: dict[str, Edit]) -> None:
    options = {"video_track_timescale": "12288", "movie_timescale": "48000"}
    with (
        av.open(str(source), mode="r", format="mov") as given_file,
        av.open(str(path), mode="w", format="mp4", container_options=options) as film,
    ):
        tracks = {
            it.index: add_text_track(film, "eng")
            if it.type == "subtitle"
            else film.add_stream_from_template(it)
            for it in given_file.streams
            if it.type in {"video", "audio", "subtitle"}
        }
        film.set_chapters(given_file.chapters())
        for packet in given_file.demux():
            edit, index = edits.get(packet.stream.type, _kept), packet.stream.index
            kept = edit(packet) if packet.dts is not None and index in tracks else None
            if kept is not None:
                kept.stream = tracks[index]
                film.mux(kept)


def _kept(packet: Packet) -> Packet:  # type: ignore[type-arg]
    return packet


def _nothing() -> None:
    """No cancel."""
