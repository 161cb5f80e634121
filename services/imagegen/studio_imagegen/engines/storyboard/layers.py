"""The layers of a still, which laid over each other are its picture without grain, and what moves in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from filmstudio.still_bundle import PARTS
from studio_imagegen.engines.storyboard.actor import Drawn
from studio_imagegen.engines.storyboard.air import Air
from studio_imagegen.engines.storyboard.faces import Strip
from studio_imagegen.engines.storyboard.held import Box
from studio_imagegen.engines.storyboard.lens import grained, png_of, png_of_tone
from studio_imagegen.engines.storyboard.plate import Flicker
from studio_platform.engine import Part


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture, RGB or RGBA, and the box of what shows of it; `toned`: only its alpha differs."""

    image: Image.Image
    box: tuple[int, int, int, int]
    toned: bool = False

    def png(self) -> bytes:
        """Its file."""
        return png_of_tone(self.image) if self.toned else png_of(self.image)


class Layers:
    """Layers of one size, the farthest first, and what of them moves."""

    def __init__(self, width_px: int, height_px: int, seed: int) -> None:
        self.size = (width_px, height_px)
        self._seed = seed
        self._layers: list[Layer] = []
        self._told: list[dict[str, object]] = []
        self._figures: list[dict[str, object]] = []
        self._lights: list[dict[str, object]] = []
        self._strips: list[Strip] = []

    def clear(self) -> Image.Image:
        """A picture (RGBA) of their size with nothing on it."""
        return Image.new("RGBA", self.size)

    def add_opaque(self, image: Image.Image, depth_permille: int) -> None:
        """Begin with a picture (RGB) that hides all."""
        self._layers.append(Layer(image, (0, 0, *image.size)))
        self._told.append({"depth_permille": depth_permille})

    def add(self, image: Image.Image, depth_permille: int, *, toned: bool = False, **motion: int) -> None:
        """Lay a picture (RGBA) before those that are there; one that shows nothing is left out.

        `toned` says that its alpha alone differs.
        """
        alpha = image.getchannel("A")
        box = alpha.getbbox()
        if box is None:
            return
        if alpha.getextrema()[0] == 255:
            # Nobody sees what lies behind it.
            self._layers, self._told, self._lights = [], [], []
            self.add_opaque(image.convert("RGB"), depth_permille)
            return
        self._layers.append(Layer(image, box, toned))
        self._told.append({"depth_permille": depth_permille, **motion})

    def add_air(self, air: Air, depth_permille: int) -> None:
        """Lay what moves in the air before those that are there."""
        motion = {
            "drift_across_permille": air.across,
            "drift_down_permille": air.down,
            "sway_permille": air.sway,
            "cut_every_ms": air.every_ms,
        }
        moved = {name: value for name, value in motion.items() if value}
        self.add(air.image, depth_permille, toned=air.toned, **moved)

    def add_lights(self, lights: Iterable[Flicker]) -> None:
        """Tell the lights of the last layer, and those of the first."""
        for light in lights:
            self._add_light(light.kind, len(self._told) if light.near else 1, light.box)

    def add_figure(self, name: str, drawn: Drawn | None) -> None:
        """Tell where a figure of the next layer is, and what burns in its hand; None for one unseen."""
        if drawn is None:
            return
        figure: dict[str, object] = {
            "name": name,
            "box": self._permille(drawn.box),
            "mouth": [_permille(drawn.mouth[0], self.size[0]), _permille(drawn.mouth[1], self.size[1])],
            "layer": len(self._told) + 1,
            "head": _parts(self._shares(drawn.head)),
            "strips": [self._strip(strip) for strip in drawn.strips],
            "lies": drawn.lies,
        }
        self._figures.append(figure)
        for flame in drawn.flames:
            self._add_light("FLAME", len(self._told) + 1, self._shares(flame))

    def parts(self) -> tuple[Part, ...]:
        """The picture, the bundle, the layers where there are several, and the figures' strips."""
        layers = [(f"layer-{place}", layer.png()) for place, layer in enumerate(self._layers, start=1)]
        strips = [
            (f"strip-{at}", png_of(strip.image.convert("RGBA"))) for at, strip in enumerate(self._strips, 1)
        ]
        whole = png_of(grained(self._picture(), self._seed))
        bundle = Part("bundle", "application/json", data=self._bundle().encode())
        others = [*(layers if len(layers) > 1 else []), *strips]
        image = Part("image", "image/png", data=whole)
        return (image, bundle, *(Part(role, "image/png", data=data) for role, data in others))

    def _picture(self) -> Image.Image:
        """The layers over each other (RGB)."""
        first, *others = self._layers
        picture = first.image.convert("RGBA") if others else first.image
        for layer in others:
            picture.alpha_composite(layer.image, layer.box[:2], layer.box)
        return picture.convert("RGB")

    def _bundle(self) -> str:
        told = [{"role": f"layer-{place}", **each} for place, each in enumerate(self._told, start=1)]
        record = {"layers": told if len(told) > 1 else [], "figures": self._figures, "lights": self._lights}
        return json.dumps(record, separators=(",", ":"))

    def _add_light(self, kind: str, layer: int, box: Box) -> None:
        self._lights.append({"kind": kind, "layer": layer, "box": _parts(box)})

    def _strip(self, strip: Strip) -> dict[str, object]:
        self._strips.append(strip)
        return {
            "kind": strip.kind,
            "role": f"strip-{len(self._strips)}",
            "left_px": strip.region.left,
            "top_px": strip.region.top,
            "width_px": strip.region.right - strip.region.left,
        }

    def _shares(self, box: Box) -> Box:
        """A box of pixels in shares of the frame."""
        left, top, right, bottom = box
        return (left / self.size[0], top / self.size[1], right / self.size[0], bottom / self.size[1])

    def _permille(self, box: tuple[int, int, int, int]) -> list[int]:
        """Left, top, width and height within the frame."""
        sides = zip(_sides(box), self.size * 2, strict=True)
        return [_permille(value, side_px) for value, side_px in sides]


def _parts(box: Box) -> list[int]:
    """Left, top, width and height of a box in shares of the frame, as bundles count them."""
    return [round(PARTS * side) for side in _sides(box)]


def _sides(box: Box) -> Box:
    left, top, right, bottom = box
    return (left, top, right - left, bottom - top)


def _permille(value: float, side_px: int) -> int:
    return max(0, min(1000, round(1000 * value / side_px)))
