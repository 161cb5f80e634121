"""Defects to plant: each makes a real file with one, and gives it to what must find it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.packet import Packet

from studio_composer.captions import Caption
from studio_composer.engines.film import FilmEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.film_file import FilmParts, add_text_track, write_film
from studio_composer.orders import FilmOrder, SegmentOrder
from studio_composer.poster import PosterChoice
from studio_composer.shelf import Shelf
from studio_composer.splice import Piece, reference_for
from studio_composer.timeline import Scene, Timeline
from studio_composer.verdicts import look_at
from studio_composer.verification import Written, decode_pictures, verify_film
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter, packets
from studio_media.sound import encode_flac
from studio_platform.engine import Product
from tests.unit.composer.material import (
    HEIGHT_PX,
    RATE,
    WIDTH_PX,
    WatchedRun,
    content,
    film_order,
    given,
    tone,
)

_REFERENCE = reference_for(WIDTH_PX, HEIGHT_PX, RATE, 1)
LENGTHS = (72, 60)
LENGTH_FRAMES = sum(LENGTHS)
_LENGTH_SAMPLES = LENGTH_FRAMES * 2_000
HEADING = "INT. CAFÉ - NIGHT"

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


def compose_scene(made: Material, order: SegmentOrder) -> Product:
    [product] = SegmentEngine(made.folder).run([order], [WatchedRun()])
    return product


def film_of(made: Material, segment: Product) -> FilmOrder:
    return film_order(made.folder, {HEADING: segment}, title_card_frames=0, end_card_frames=0)


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
    with ClipWriter(PictureForm(WIDTH_PX, HEIGHT_PX, RATE, 1, LENGTHS[0]), path) as writer:
        for frame in range(LENGTHS[0]):
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
    look_at(picture, LENGTH_FRAMES, _REFERENCE, Shelf(), _nothing)


def verify(made: Material, film: Path, heading: str = HEADING) -> None:
    """Read a film back as if it had just been written with what the whole one holds."""
    trail = decode_pictures(
        packets(made.film), _REFERENCE, timeline(made.film), PosterChoice(), Shelf(), _nothing
    ).trail
    written = Written(trail, captions(made.film), made.film)
    verify_film(film, timeline(film, heading), _REFERENCE, written, _nothing)


def timeline(film: Path, heading: str = HEADING) -> Timeline:
    scene = Scene(heading, "", Piece(film, 0, LENGTH_FRAMES), 0, encoded_again=False)
    return Timeline((scene,), LENGTH_FRAMES, Fraction(RATE))


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
