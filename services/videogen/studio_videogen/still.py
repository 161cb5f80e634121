"""A still as its artifact tells it: one picture, or layers with what of them moves, figures and lights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from filmstudio.still_bundle import DEPTH_OF_FIGURES, PARTS
from studio_platform.engine import EngineFailure

Pixels = NDArray[np.uint8]

SOURCE_PIXELS_MAX = 64_000_000
LAYERS_MAX = 8
FIGURES_MAX = 12
LIGHTS_MAX = 400
STRIPS_MAX = 24
LAYER_ROLES = frozenset(f"layer-{number}" for number in range(1, LAYERS_MAX + 1))
STRIP_ROLES = frozenset(f"strip-{number}" for number in range(1, STRIPS_MAX + 1))


@dataclass(frozen=True, slots=True)
class Drift:
    """How a layer moves by itself: thousandths of its height, a second or to both sides; jumps are in ms."""

    across: int
    down: int
    sway: int
    cut_every_ms: int


@dataclass(frozen=True, slots=True)
class StillLayer:
    """A layer's pixels (height, width, 3 or 4), RGB or RGBA; depth is 0 at the horizon, 1000 at the lens."""

    pixels: Pixels
    depth_permille: int
    drift: Drift | None = None


@dataclass(frozen=True, slots=True)
class Strip:
    """A face's other moments: pixels (height, width, 4) of `width_px` each, RGBA, and where they lie."""

    pixels: Pixels
    left_px: int
    top_px: int
    width_px: int

    @property
    def count(self) -> int:
        """How many moments it has."""
        return int(self.pixels.shape[1]) // self.width_px

    def moment(self, place: int) -> Pixels:
        """One of them."""
        return self.pixels[:, place * self.width_px : (place + 1) * self.width_px]


@dataclass(frozen=True, slots=True)
class Head:
    """A figure's head: its box (left, top, width, height) in pixels, its layer, counted from 0, its face.

    Of who `lies`, the body is beside it.
    """

    name: str
    layer: int
    box: tuple[float, float, float, float]
    mouth: Strip | None
    eyes: Strip | None
    lies: bool = False


@dataclass(frozen=True, slots=True)
class Light:
    """A light that is not steady, FLAME or WINDOW: its box in pixels, in which layer, counted from 0."""

    kind: str
    layer: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Still:
    """The layers, the farthest first, all of one size with even sides; the first is opaque."""

    layers: tuple[StillLayer, ...]
    heads: tuple[Head, ...] = ()
    lights: tuple[Light, ...] = ()

    @property
    def width_px(self) -> int:
        """How wide it is."""
        return int(self.layers[0].pixels.shape[1])

    @property
    def height_px(self) -> int:
        """How high it is."""
        return int(self.layers[0].pixels.shape[0])


def read_still(parts: Mapping[str, Path]) -> Still:
    """Read a still by its bundle, or, where that tells of no layers, as one picture.

    Raises EngineFailure, permanent, for what is missing, broken or huge.
    """
    try:
        told: dict[str, Any] = json.loads(parts["bundle"].read_bytes()) if "bundle" in parts else {}
        if not told.get("layers"):
            return Still((StillLayer(_even(_picture(parts.get("image"), alpha=False)), DEPTH_OF_FIGURES),))
        return _layered(told, parts)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise EngineFailure(
            "BAD_STILL", "The still cannot be read as a picture.", log_text=repr(error), permanent=True
        ) from error


def _layered(told: dict[str, Any], parts: Mapping[str, Path]) -> Still:
    layers = tuple(
        _layer(entry, parts, opaque=place == 0) for place, entry in enumerate(told["layers"][:LAYERS_MAX])
    )
    if any(layer.pixels.shape[:2] != layers[0].pixels.shape[:2] for layer in layers):
        raise ValueError("layers of more than one size")
    high, wide = layers[0].pixels.shape[:2]
    heads = [_head(entry, parts, wide, high) for entry in told.get("figures", [])[:FIGURES_MAX]]
    lights = [_light(entry, wide, high) for entry in told.get("lights", [])[:LIGHTS_MAX]]
    return Still(
        layers,
        tuple(head for head in heads if head is not None and 0 <= head.layer < len(layers)),
        tuple(light for light in lights if 0 <= light.layer < len(layers)),
    )


def _layer(entry: dict[str, Any], parts: Mapping[str, Path], *, opaque: bool) -> StillLayer:
    drift = Drift(
        int(entry.get("drift_across_permille", 0)),
        int(entry.get("drift_down_permille", 0)),
        int(entry.get("sway_permille", 0)),
        int(entry.get("cut_every_ms", 0)),
    )
    moves = drift != Drift(0, 0, 0, 0)
    pixels = _even(_picture(parts[entry["role"]], alpha=not opaque))
    return StillLayer(pixels, int(entry["depth_permille"]), drift if moves else None)


def _head(entry: dict[str, Any], parts: Mapping[str, Path], wide: int, high: int) -> Head | None:
    if not entry.get("head"):
        return None
    strips = {strip["kind"]: _strip(strip, parts) for strip in entry.get("strips", [])}
    return Head(
        str(entry.get("name", "")),
        int(entry.get("layer", 0)) - 1,
        _box(entry["head"], wide, high),
        strips.get("MOUTH"),
        strips.get("EYES"),
        bool(entry.get("lies")),
    )


def _strip(entry: dict[str, Any], parts: Mapping[str, Path]) -> Strip:
    pixels = _picture(parts[entry["role"]], alpha=True)
    left_px, top_px, width_px = int(entry["left_px"]), int(entry["top_px"]), int(entry["width_px"])
    if left_px % 2 or top_px % 2 or width_px % 2 or pixels.shape[0] % 2 or pixels.shape[1] % width_px:
        raise ValueError("a strip off the even pixels")
    return Strip(pixels, left_px, top_px, width_px)


def _light(entry: dict[str, Any], wide: int, high: int) -> Light:
    return Light(str(entry["kind"]), int(entry["layer"]) - 1, _box(entry["box"], wide, high))


def _box(box: list[Any], wide: int, high: int) -> tuple[float, float, float, float]:
    left, top, width, height = (int(side) / PARTS for side in box)
    return (left * wide, top * high, width * wide, height * high)


def _picture(path: Path | None, *, alpha: bool) -> Pixels:
    data = np.fromfile(path, dtype=np.uint8) if path is not None else np.empty(0, dtype=np.uint8)
    flag = cv2.IMREAD_UNCHANGED if alpha else cv2.IMREAD_COLOR_RGB
    picture = cv2.imdecode(data, flag) if data.size else None
    if picture is None or picture.shape[0] * picture.shape[1] > SOURCE_PIXELS_MAX:
        raise ValueError("no picture, or one of too many pixels")
    if alpha:
        if picture.ndim != 3 or picture.shape[2] != 4 or picture.dtype != np.uint8:
            raise ValueError("a layer without alpha")
        picture = cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)
    return np.asarray(picture, dtype=np.uint8)


def _even(picture: Pixels) -> Pixels:
    height_px, width_px = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    return np.ascontiguousarray(picture[:height_px, :width_px])
