"""The drawn stills."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from filmstudio.generation.v1 import task_pb2
from filmstudio.still_bundle import PARTS
from studio_imagegen.convert import order_of
from studio_imagegen.engines.null import NullEngine
from studio_imagegen.engines.storyboard.engine import draw_still
from studio_imagegen.engines.storyboard.lens import GRAIN_LEVELS, png_of
from studio_imagegen.orders import SHOT_SIZES, Figure, StillOrder
from studio_platform.engine import EngineFailure, Product, RunCancelled


class Watched:
    """A run that is cancelled from the start, or never."""

    def __init__(self, cancelled: bool = False) -> None:
        self._cancelled = cancelled

    def progress(self, percent: int) -> None:
        """Not looked at."""

    def raise_if_cancelled(self) -> None:
        if self._cancelled:
            raise RunCancelled


def order(**changes: object) -> StillOrder:
    values: dict[str, object] = {
        "width_px": 320,
        "height_px": 180,
        "seed": 5,
        "heading": "EXT. HARBOUR PIER - NIGHT",
        "place": "EXT",
        "location": "HARBOUR PIER",
        "time_of_day": "NIGHT",
        "shot_size": "WIDE",
        "figures": (Figure("MARA", seed=3), Figure("TOM", seed=9)),
        "action": "Rain. MARA walks to TOM.",
        **changes,
    }
    return StillOrder(**values)  # type: ignore[arg-type]  # fields by name


def picture(product: Product) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(product.parts[0].data or b"")).convert("RGB"))


@pytest.mark.parametrize("shot_size", SHOT_SIZES)
@pytest.mark.parametrize(
    ("place", "location"),
    [
        ("EXT", "STREET"),
        ("EXT", "FOREST"),
        ("EXT", "SEA"),
        ("EXT", "MOUNTAIN"),
        ("INT", "KITCHEN"),
        ("INT", "BAR"),
    ],
)
def test_every_shot_size_draws_in_every_place(shot_size: str, place: str, location: str) -> None:
    drawn = picture(draw_still(order(shot_size=shot_size, place=place, location=location), Watched()))

    assert drawn.shape == (180, 320, 3)
    assert drawn.std() > 4


def test_the_same_order_draws_the_same_bytes() -> None:
    assert draw_still(order(), Watched()).parts[0].data == draw_still(order(), Watched()).parts[0].data


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_png_holds_the_very_pixels(mode: str) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (9, 31, len(mode)), dtype=np.uint8)

    packed = png_of(Image.fromarray(pixels))

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(packed))), pixels)


def test_figures_show_against_the_same_set_without_them() -> None:
    with_them, without = (picture(draw_still(order(figures=f), Watched())) for f in (order().figures, ()))

    assert (np.abs(with_them.astype(int) - without).max(axis=2) > 12).mean() > 0.01


def test_the_bundle_names_each_figure_within_the_frame() -> None:
    bundle = json.loads(draw_still(order(), Watched()).parts[1].data or b"")

    assert {figure["name"] for figure in bundle["figures"]} == {"MARA", "TOM"}
    assert all(
        0 <= value <= 1000 for figure in bundle["figures"] for value in figure["box"] + figure["mouth"]
    )


def opened(product: Product, role: str) -> Image.Image:
    data = next(part.data or b"" for part in product.parts if part.role == role)
    return Image.open(io.BytesIO(data)).convert("RGBA")


@pytest.mark.parametrize("shot_size", SHOT_SIZES)
def test_the_layers_laid_over_each_other_are_the_picture_but_for_its_grain(shot_size: str) -> None:
    product = draw_still(order(shot_size=shot_size), Watched())
    layers = json.loads(product.parts[1].data or b"")["layers"]

    laid = opened(product, layers[0]["role"])
    for layer in layers[1:]:
        laid.alpha_composite(opened(product, layer["role"]))

    off = np.abs(np.asarray(laid.convert("RGB")).astype(int) - picture(product))
    assert off.max() <= GRAIN_LEVELS // 2
    assert 2 <= len(layers) <= 6
    depths = [layer["depth_permille"] for layer in layers]
    assert depths == sorted(depths)


def test_rain_falls_before_and_behind_the_figures_and_goes_on_from_edge_to_edge() -> None:
    product = draw_still(order(), Watched())
    bundle = json.loads(product.parts[1].data or b"")
    falls = [layer for layer in bundle["layers"] if layer.get("drift_down_permille")]

    rain = np.asarray(opened(product, falls[1]["role"]).getchannel("A")).astype(int)

    assert falls[0]["drift_down_permille"] < falls[1]["drift_down_permille"]
    seam = np.abs(rain[0] - rain[-1]).mean()
    assert seam <= 1.5 * np.abs(np.diff(rain, axis=0)).mean(axis=1).max()


@pytest.mark.parametrize(
    ("shot_size", "action", "layer"),
    [
        ("WIDE", "A candle burns on the table.", 2),
        ("WIDE", "MARA walks with a lantern.", 3),
        ("MEDIUM", "MARA lifts a candle.", 3),
        ("INSERT", "A lantern on the table.", 4),
    ],
)
def test_what_burns_flickers_where_it_is_drawn(shot_size: str, action: str, layer: int) -> None:
    figures = (Figure("MARA", seed=3),) if "MARA" in action else ()
    room = {"heading": "INT. ROOM - NIGHT", "place": "INT", "location": "ROOM", "figures": figures}

    product = draw_still(order(**room, shot_size=shot_size, action=action), Watched())

    (light,) = json.loads(product.parts[1].data or b"")["lights"]
    left, top, width, height = (side / PARTS for side in light["box"])
    shown = np.asarray(opened(product, f"layer-{layer}"))
    flame = shown[round((top + height / 2) * 180), round((left + width / 2) * 320)]
    assert (light["kind"], light["layer"]) == ("FLAME", layer)
    assert flame[0] > 200
    assert flame[0] > flame[2]


def test_a_radio_s_dial_is_lit_and_does_not_flicker() -> None:
    indoors = order(heading="INT. ROOM - NIGHT", place="INT", location="ROOM", action="The radio plays.")

    bundle = json.loads(draw_still(indoors, Watched()).parts[1].data or b"")

    assert bundle["lights"] == []


def test_who_speaks_has_a_mouth_that_opens_and_everybody_shuts_their_eyes() -> None:
    product = draw_still(order(shot_size="MEDIUM", speaker="MARA", width_px=640, height_px=360), Watched())
    figures = {figure["name"]: figure for figure in json.loads(product.parts[1].data or b"")["figures"]}

    kinds = {name: [strip["kind"] for strip in figure["strips"]] for name, figure in figures.items()}
    mouth = figures["MARA"]["strips"][0]
    strip = opened(product, mouth["role"])
    shut, wide = (
        np.asarray(strip.crop((left, 0, left + mouth["width_px"], strip.height)).convert("L")).astype(int)
        for left in (0, strip.width - mouth["width_px"])
    )

    assert kinds == {"MARA": ["MOUTH", "EYES"], "TOM": ["EYES"]}
    assert (np.abs(wide - shut) > 20).mean() > 0.05
    assert mouth["left_px"] % 2 == mouth["top_px"] % 2 == 0


@pytest.mark.parametrize(("width_px", "height_px"), [(180, 320), (240, 240), (400, 170)])
def test_any_aspect_ratio_is_drawn(width_px: int, height_px: int) -> None:
    assert picture(draw_still(order(width_px=width_px, height_px=height_px), Watched())).shape[:2] == (
        height_px,
        width_px,
    )


def test_a_cancelled_still_is_not_finished() -> None:
    with pytest.raises(RunCancelled):
        draw_still(order(), Watched(cancelled=True))


def test_the_null_engine_answers_with_a_picture_of_the_right_size() -> None:
    assert picture(NullEngine().run([order()], [Watched()])[0]).shape == (180, 320, 3)


def test_a_spec_becomes_its_order() -> None:
    spec = task_pb2.TaskSpec(
        seed=5,
        still=task_pb2.StillSpec(
            size=task_pb2.Size(width_px=320, height_px=180),
            heading="INT. BAR - DUSK",
            place=task_pb2.PLACE_INTERIOR,
            location="BAR",
            time_of_day=task_pb2.TIME_OF_DAY_DUSK,
            shot_size=task_pb2.SHOT_SIZE_CLOSE,
            figures=[task_pb2.Figure(name="MARA", seed=3)],
            speaker="MARA",
            action="She waits.",
        ),
    )

    made = order_of(spec, {})

    assert (made.place, made.time_of_day, made.shot_size) == ("INT", "DUSK", "CLOSE")
    assert made.figures == (Figure("MARA", "", 3),)


def test_another_kind_of_work_is_refused_for_good() -> None:
    with pytest.raises(EngineFailure) as refused:
        order_of(task_pb2.TaskSpec(clip=task_pb2.ClipSpec()), {})
    assert refused.value.permanent
