"""An output of another size: shots framed anew, cut as the film is, under its sound and captions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from studio_composer.engines.film import FilmEngine
from studio_composer.engines.master import MasterEngine
from studio_composer.engines.segment import SegmentEngine
from studio_composer.framing import Window
from studio_composer.orders import (
    FilmOrder,
    FilmSegment,
    Framing,
    Level,
    MasterOrder,
    SegmentOrder,
    SegmentShot,
)
from studio_composer.reframing import resampled
from studio_media.house import PictureForm
from studio_media.picture import ClipWriter, Planes, frames, probe
from studio_platform.engine import EngineFailure, Input, Product
from tests.unit.composer.material import (
    HEIGHT_PX,
    RATE,
    WIDTH_PX,
    WatchedRun,
    as_input,
    content,
    film_order,
    given,
    segment_order,
)

PORTRAIT = (108, 192)
PILLAR_PX = slice(144, 156)
FIGURE = {"name": "MARA", "box": [720, 200, 90, 800], "mouth": [781, 300]}


def pillar_clip(path: Path, length_frames: int) -> Path:
    """A dark clip with a bright pillar where the figure stands, of a light that goes up and down."""
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 30, np.uint8)
    with ClipWriter(PictureForm(WIDTH_PX, HEIGHT_PX, RATE, 1, length_frames), path) as writer:
        for frame in range(length_frames):
            picture[:, PILLAR_PX] = 200 + 20 * (frame % 2)
            writer.write_rgb(picture)
    return path


def framed_order(folder: Path, length_frames: int = 20, **parts: bytes) -> SegmentOrder:
    """A shot to be framed for 9:16; `parts` are its still's."""
    folder.mkdir(parents=True, exist_ok=True)
    still = {name: folder / name for name in parts}
    for name, data in parts.items():
        still[name].write_bytes(data)
    clip = given(folder, "clip", "clip", pillar_clip(folder / "clip.mp4", length_frames))
    shot = SegmentShot("shot-1", "clip", length_frames, framing=Framing("still", "MARA"))
    return SegmentOrder(*PORTRAIT, RATE, 1, (shot,), inputs={"clip": clip, "still": Input("still", still)})


def bundle(*figures: object) -> bytes:
    return json.dumps({"layers": [], "figures": figures}).encode()


def composed(folder: Path, order: SegmentOrder) -> Product:
    [product] = SegmentEngine(folder).run([order], [WatchedRun()])
    return product


def middle_of_light(picture: Planes) -> float:
    """Where the bright pillar is, as a share of the width."""
    bright = np.flatnonzero(picture.y.mean(axis=0) > 120)
    return float(bright.mean() / picture.y.shape[1])


def test_a_framed_shot_is_a_clip_of_the_size_about_who_is_in_it(tmp_path: Path) -> None:
    product = composed(tmp_path, framed_order(tmp_path / "in", bundle=bundle(FIGURE)))

    clip = content(product, "clip")
    facts = probe(clip)
    assert (facts.width_px, facts.height_px, facts.frames) == (*PORTRAIT, 20)
    assert [part.role for part in product.parts] == ["clip"]
    assert all(abs(middle_of_light(picture) - 0.5) < 0.05 for picture in frames(clip))


def test_a_still_that_says_nothing_of_its_characters_keeps_the_middle(tmp_path: Path) -> None:
    product = composed(tmp_path, framed_order(tmp_path / "in"))

    # The pillar stands right of the middle third of the picture.
    assert all(picture.y.mean() < 60 for picture in frames(content(product, "clip")))


def test_a_framed_shot_comes_out_equal_on_repeat(tmp_path: Path) -> None:
    order = framed_order(tmp_path / "in", bundle=bundle(FIGURE))

    first, again = (composed(tmp_path / name, order) for name in ("a", "b"))

    assert content(first, "clip") == content(again, "clip")


def test_a_broken_bundle_is_a_failure_and_no_guess(tmp_path: Path) -> None:
    with pytest.raises(EngineFailure) as failed:
        composed(tmp_path, framed_order(tmp_path / "in", bundle=b'{"figures": [1]}'))

    assert failed.value.reason == "SEGMENT_FAILED"


def test_a_window_between_pixels_is_between_their_values() -> None:
    ramp = np.tile(np.arange(0, 192, dtype=np.uint8), (108, 1))
    picture = Planes(ramp, ramp[::2, ::2], ramp[::2, ::2])

    shown = resampled(picture, Window(10.5, 0.0, 96.0, 108.0), 96, 108)

    assert np.abs(shown.y[:, 8:-8].astype(int) - (ramp[:, 18:98] + 0.5)).max() <= 1


def portrait_scene(folder: Path, lengths: tuple[int, ...]) -> Product:
    """The picture of a scene in 9:16, of framed shots."""
    shots, inputs = [], {}
    for index, length in enumerate(lengths):
        order = framed_order(folder / f"shot-{index}", length, bundle=bundle(FIGURE))
        role = f"clip-{index}"
        inputs[role] = as_input(folder / "made", role, composed(folder / f"out-{index}", order))
        shots.append(SegmentShot(f"shot-{index}", role, length))
    order = SegmentOrder(*PORTRAIT, RATE, 1, tuple(shots), inputs=inputs, picture_only=True)
    return composed(folder / "scene", order)


def test_a_scenes_picture_alone_is_its_framed_clips_bit_by_bit(tmp_path: Path) -> None:
    product = portrait_scene(tmp_path, (20, 15))

    assert [part.role for part in product.parts] == ["picture", "verdict", "poster"]
    assert product.facts["frames_copied"] == "35"
    assert (product.frames, probe(content(product, "picture")).frames) == (35, 35)


@pytest.fixture
def films(tmp_path: Path) -> tuple[Product, Product]:
    """A film, and its output in 9:16."""
    [scene] = SegmentEngine(tmp_path / "s").run([segment_order(tmp_path / "in")], [WatchedRun()])
    wide = film_order(tmp_path / "film", {"INT. TRAM - NIGHT": scene})
    lengths = (scene.frames - 36, 36)
    shown = as_input(tmp_path / "film", "picture-1", portrait_scene(tmp_path / "portrait", lengths))
    tall = replace(
        wide,
        width_px=PORTRAIT[0],
        height_px=PORTRAIT[1],
        segments=tuple(replace(it, picture_role="picture-1") for it in wide.segments),
        inputs={**wide.inputs, "picture-1": shown},
    )
    return _film(tmp_path, wide), _film(tmp_path, tall)


def _film(folder: Path, order: FilmOrder) -> Product:
    [product] = FilmEngine(folder).run([order], [WatchedRun()])
    return product


def test_an_output_is_a_film_of_its_size_with_the_films_sound_and_words(
    films: tuple[Product, Product], tmp_path: Path
) -> None:
    wide, tall = films

    facts = [probe_film(tmp_path, film) for film in films]
    assert facts[0] == ((WIDTH_PX, HEIGHT_PX), facts[1][1])
    assert facts[1][0] == PORTRAIT
    assert content(tall, "subtitles-srt") == content(wide, "subtitles-srt")
    assert (tall.frames, tall.length_ms) == (wide.frames, wide.length_ms)
    assert content(tall, "poster") != content(wide, "poster")


def probe_film(folder: Path, film: Product) -> tuple[tuple[int, int], bytes]:
    """A film's size, and the packets of its sound."""
    path = folder / "probed.mp4"
    path.write_bytes(content(film, "film"))
    with av.open(str(path), format="mov") as container:
        track = container.streams.video[0].codec_context
        sound = b"".join(bytes(packet) for packet in container.demux(container.streams.audio[0]))
        return (track.width, track.height), sound


def test_a_master_stays_under_the_true_peak_that_was_asked_for(tmp_path: Path) -> None:
    [scene] = SegmentEngine(tmp_path / "s").run([segment_order(tmp_path / "in")], [WatchedRun()])
    gains = tmp_path / "gains"
    gains.write_text('{"dialogue_db": 12, "effects_db": 0, "gain_db": 18, "music_db": 0, "target_lufs": -9}')
    inputs = {
        "segment-1": as_input(tmp_path / "given", "segment-1", scene),
        "levels": Input("levels", {"gains": gains}),
    }
    order = MasterOrder((FilmSegment("segment-1", "", music=Level()),), "levels", RATE, 1, inputs)

    peaks = {
        limit: _true_peak_dbtp(tmp_path / str(limit), replace(order, true_peak_max_millidbtp=limit))
        for limit in (-1_000, -3_000)
    }

    assert peaks[-1_000] < -1
    assert peaks[-3_000] < -3 < peaks[-1_000]


def _true_peak_dbtp(folder: Path, order: MasterOrder) -> float:
    [product] = MasterEngine(folder).run([order], [WatchedRun()])
    return float(20 * np.log10(json.loads(content(product, "loudness"))["true_peak"]))
