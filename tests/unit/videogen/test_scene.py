"""Clips of a still in layers: depth, weather, faces and lights."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from filmstudio.still_bundle import DEPTH_OF_FIGURES
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.picture import Planes, rgb_from_planes
from studio_media.sound import encode_flac
from studio_platform.engine import EngineFailure, Input
from studio_videogen.engines.camera import lives_of
from studio_videogen.life import OPEN_SHARES, poses, window
from studio_videogen.loudness import loudness_of
from studio_videogen.orders import ClipOrder, Move, Spoken
from studio_videogen.path import View, views
from studio_videogen.scene import Scene
from studio_videogen.still import Still, StillLayer, read_still

Pixels = NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX = 320, 180
WHOLE = View(0.0, 0.0, 1.0)
MOUTH = (200, 90, 24, 12)
FACE_TONE, SHUT_TONE, OPEN_TONE = 180, 60, 220


def clear() -> Pixels:
    return np.zeros((HEIGHT_PX, WIDTH_PX, 4), np.uint8)


def written(folder: Path, role: str, pixels: Pixels) -> Path:
    order = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
    path = folder / role
    path.write_bytes(cv2.imencode(".png", cv2.cvtColor(pixels, order))[1].tobytes())
    return path


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Path]:
    """A grey ground with a white post, a wall that is open on the left, rain, and a face on the right."""
    ground = np.full((HEIGHT_PX, WIDTH_PX, 3), 90, np.uint8)
    ground[:, 60:64] = 250
    wall, rain, cast = clear(), clear(), clear()
    wall[:, 120:] = (40, 50, 60, 255)
    wall[:, 100:120] = (40, 50, 60, 128)
    rain[::20, ::10] = (200, 210, 220, 255)
    cast[50:120, 180:240] = (FACE_TONE, FACE_TONE, FACE_TONE, 255)
    left, top, wide, high = MOUTH
    strip = np.full((high, 2 * wide, 4), 255, np.uint8)
    strip[:, :wide, :3], strip[:, wide:, :3] = SHUT_TONE, OPEN_TONE
    pictures = {"layer-1": ground, "layer-2": rain, "layer-3": wall, "layer-4": cast, "strip-1": strip}
    head = [round(100_000 * share) for share in (180 / 320, 50 / 180, 60 / 320, 70 / 180)]
    mouth = {"kind": "MOUTH", "role": "strip-1", "left_px": left, "top_px": top, "width_px": wide}
    bundle = {
        "layers": [
            {"role": "layer-1", "depth_permille": 150},
            {"role": "layer-2", "depth_permille": 150, "drift_down_permille": 1000},
            {"role": "layer-3", "depth_permille": 550},
            {"role": "layer-4", "depth_permille": 700},
        ],
        "figures": [{"name": "MARA", "layer": 4, "head": head, "strips": [mouth]}],
        "lights": [{"kind": "WINDOW", "layer": 1, "box": [0, 0, 10_000, 20_000]}],
    }
    (tmp_path / "bundle").write_text(json.dumps(bundle))
    files = {role: written(tmp_path, role, pixels) for role, pixels in pictures.items()}
    return {**files, "bundle": tmp_path / "bundle"}


def order(parts: dict[str, Path], *speeches: Spoken) -> ClipOrder:
    still = Input("still", parts)
    return ClipOrder(WIDTH_PX, HEIGHT_PX, 24, 1, 240, Move.PAN_RIGHT, 1000, 7, still, speeches)


def shot(asked: ClipOrder) -> Scene:
    still = read_still(asked.still.parts)
    return Scene(still, asked, lives_of(still, asked, loudness_of(asked)))


@pytest.fixture
def spoken(tmp_path: Path) -> Spoken:
    """A tone of two seconds from frame 24 on, with a second of silence in its middle."""
    seconds = np.arange(3 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tone = np.sin(2 * np.pi * 220 * seconds) * 0.4
    tone[(seconds >= 1) & (seconds < 2)] = 0.0
    path = tmp_path / "speech"
    path.write_bytes(encode_flac(tone[:, None].astype(np.float32)))
    return Spoken(24, Input("speech-1", {"speech": path}))


def middle_of_post(picture: Planes) -> float:
    """Where the white post stands, in rows that no rain touches."""
    levels = picture.y[5:15, :110].astype(float).mean(axis=0) - 95
    levels = np.clip(levels, 0, None)
    return float((levels * np.arange(110)).sum() / levels.sum())


def test_what_a_wall_leaves_open_shows_the_ground_and_what_it_half_hides_both(parts: dict[str, Path]) -> None:
    seen = rgb_from_planes(shot(order(parts)).seen(WHOLE, 200)).astype(int)

    row = seen[10]
    assert abs(row[75] - 90).max() <= 5
    assert abs(row[110] - (90 + np.array([40, 50, 60])) / 2).max() <= 6
    assert abs(row[150] - (40, 50, 60)).max() <= 5


def test_the_ground_moves_less_than_the_figures_when_the_camera_pans(parts: dict[str, Path]) -> None:
    asked = order(parts)
    path = views(asked, WIDTH_PX, HEIGHT_PX)
    scene = shot(asked)

    first, last = (middle_of_post(scene.seen(path[frame], frame)) for frame in (0, 239))

    ground_px = first - last
    figures_px = (path[-1].left - path[0].left) / path[0].step
    assert 0.35 * figures_px < ground_px < 0.7 * figures_px


def test_rain_falls_behind_the_wall_alone_while_the_camera_stands(parts: dict[str, Path]) -> None:
    scene = shot(order(parts))
    two = [scene.seen(WHOLE, frame).y.astype(int) for frame in (40, 42)]

    changed = np.abs(two[0] - two[1]) > 20
    assert changed[:, :100].any()
    assert not changed[:, 120:170].any()


def test_a_mouth_opens_with_what_is_said_and_shuts_with_silence(
    parts: dict[str, Path], spoken: Spoken
) -> None:
    scene = shot(order(parts, spoken))
    left, top, wide, high = MOUTH
    inner = (slice(top + 4, top + high - 4), slice(left + 4, left + wide - 4))

    levels = [scene.seen(WHOLE, frame).y[inner].mean() for frame in (10, 36, 60, 84, 110)]

    silent, loud = levels[0::2], levels[1::2]
    assert min(loud) - max(silent) > 0.6 * (OPEN_TONE - SHUT_TONE)


def test_what_is_said_is_loud_in_its_frames_and_what_is_unreadable_is_refused(
    parts: dict[str, Path], spoken: Spoken
) -> None:
    levels = loudness_of(order(parts, spoken))

    assert levels[:24] == [0.0] * 24
    assert min(levels[25:47]) > 0.9
    assert max(levels[49:71]) == 0.0
    assert levels[96:] == [0.0] * 144
    with pytest.raises(EngineFailure, match="BAD_SPEECH"):
        loudness_of(order(parts, Spoken(0, Input("speech-1", {"speech": parts["bundle"]}))))


def test_nothing_of_a_head_that_nods_stays_where_it_was(parts: dict[str, Path], spoken: Spoken) -> None:
    scene = shot(order(parts, spoken))

    tops = [
        int(np.flatnonzero(scene.seen(WHOLE, frame).y[40:70, 205:215].mean(axis=1) > 120)[0])
        for frame in (0, 46)
    ]

    assert tops[1] > tops[0]


def test_a_head_moves_without_a_tear_in_the_neck(parts: dict[str, Path], spoken: Spoken) -> None:
    seen = shot(order(parts, spoken)).seen(WHOLE, 44)

    chest = seen.y[108:118, 195:225].astype(int)

    assert np.abs(np.diff(chest, axis=0)).max() <= 6


def test_the_same_frame_is_seen_again_bit_for_bit(parts: dict[str, Path]) -> None:
    first, second = (shot(order(parts)).seen(View(3.3, 2.2, 0.93), 17) for _ in range(2))

    assert np.array_equal(first.y, second.y)
    assert np.array_equal(first.u, second.u)


@pytest.mark.parametrize("view", [WHOLE, View(20.0, 10.0, 0.8), View(3.4, 1.7, 0.93)])
def test_a_figure_narrower_than_its_box_is_seen_whole(parts: dict[str, Path], view: View) -> None:
    columns, rows = np.meshgrid(np.arange(WIDTH_PX), np.arange(HEIGHT_PX))
    dress = (abs(columns - 160) < 4 + (rows - 30) // 2) & (rows >= 30) & (rows < 170)
    figure = clear()
    figure[dress] = (250, 250, 250, 255)
    layers = (
        StillLayer(np.full((HEIGHT_PX, WIDTH_PX, 3), 60, np.uint8), 0),
        StillLayer(figure, DEPTH_OF_FIGURES),
    )
    scene = Scene(Still(layers), order(parts), [])

    luma = scene.seen(view, 0).y

    across = np.asarray((columns + 0.5) * view.step + view.left - 0.5, dtype=np.float32)
    down = np.asarray((rows + 0.5) * view.step + view.top - 0.5, dtype=np.float32)
    shown = np.asarray(cv2.remap(dress.astype(np.float32), across, down, cv2.INTER_LINEAR))
    assert luma[shown == 1].min() > 220
    assert luma[shown == 0].max() < 80


def test_louder_speech_opens_the_mouth_further() -> None:
    levels = (0.0, *(share + 0.01 for share in OPEN_SHARES))

    assert [pose.mouth for pose in poses("MARA", 1, levels, 24)] == [0, 1, 2, 3]


def test_eyes_shut_now_and_then_and_open_again() -> None:
    shut = [pose.blinks for pose in poses("MARA", 1, [0.0] * 480, 24)]

    assert 5 <= sum(shut) <= 40
    assert not shut[0]


def test_some_windows_go_dark_and_some_lit_and_each_once() -> None:
    ways = [[window(frame / 24, place, 5) for frame in range(240)] for place in range(20)]

    assert {way[0] for way in ways} == {0.0, 1.0}
    assert all(abs(way[-1] - way[0]) == 1.0 for way in ways)


def test_a_still_that_lacks_a_layer_is_refused_for_good(parts: dict[str, Path]) -> None:
    del parts["layer-3"]

    with pytest.raises(EngineFailure, match="BAD_STILL") as refused:
        read_still(parts)
    assert refused.value.permanent
