"""What lies over pictures: letters, boxes and logos, blended into the planes of a clip's frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio_composer.looks import Rgb
from studio_media.picture import Plane, Planes

Floats = NDArray[np.float32]

# BT.709 in studio range, from R, G, B of 0 to 1.
_TO_YUV = np.array(
    [
        [0.2126 * 219, 0.7152 * 219, 0.0722 * 219],
        [-0.2126 / 1.8556 * 224, -0.7152 / 1.8556 * 224, 0.9278 / 1.8556 * 224],
        [0.7874 / 1.5748 * 224, -0.7152 / 1.5748 * 224, -0.0722 / 1.5748 * 224],
    ],
    dtype=np.float32,
)
_OFFSETS = np.array([16, 128, 128], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Layer:
    """A colour through a mask of shape (height, width), 0 to 1."""

    colour: Rgb
    mask: Floats


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a rectangle of a picture is mixed with; its place and its sides are even.

    `y`, `u` and `v` are multiplied with how much they hide, `alpha` and `alpha_c` (of the half-sized planes).
    """

    left_px: int
    top_px: int
    y: Floats
    u: Floats
    v: Floats
    alpha: Floats
    alpha_c: Floats

    def fainter(self, share: float) -> Overlay:
        """The same at a share of its strength, 0 to 1."""
        weight = np.float32(share)
        planes = (plane * weight for plane in (self.y, self.u, self.v, self.alpha, self.alpha_c))
        return Overlay(self.left_px, self.top_px, *planes)

    def over(self, picture: Planes) -> Planes:
        """The picture with this over it."""
        left_px, top_px = self.left_px, self.top_px
        return Planes(
            _mixed(picture.y, self.y, self.alpha, left_px, top_px),
            _mixed(picture.u, self.u, self.alpha_c, left_px // 2, top_px // 2),
            _mixed(picture.v, self.v, self.alpha_c, left_px // 2, top_px // 2),
        )


def overlay_of_layers(layers: Sequence[Layer], left_px: int, top_px: int) -> Overlay:
    """Layers of one size, the first one lowest; place and sides are even."""
    shape = layers[0].mask.shape
    colours, alpha = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for layer in layers:
        mask = layer.mask[:, :, None]
        colours = colours * (1 - mask) + mask * (np.array(layer.colour, np.float32) / np.float32(255))
        alpha = alpha + layer.mask - alpha * layer.mask
    return _overlay(colours, alpha, left_px, top_px)


def overlay_of_picture(rgba: NDArray[np.uint8], opacity: float, left_px: int, top_px: int) -> Overlay:
    """A picture of shape (height, width, 4) with even sides, at `opacity` of 0 to 1."""
    alpha = rgba[:, :, 3].astype(np.float32) * np.float32(opacity / 255)
    colours = rgba[:, :, :3].astype(np.float32) / np.float32(255) * alpha[:, :, None]
    return _overlay(colours, alpha, left_px, top_px)


def _overlay(colours: Floats, alpha: Floats, left_px: int, top_px: int) -> Overlay:
    yuv = colours @ _TO_YUV.T + _OFFSETS * alpha[:, :, None]
    return Overlay(
        left_px,
        top_px,
        yuv[:, :, 0],
        _halved(yuv[:, :, 1]),
        _halved(yuv[:, :, 2]),
        alpha,
        _halved(alpha),
    )


def _halved(plane: Floats) -> Floats:
    height_px, width_px = plane.shape
    halved: Floats = plane.reshape(height_px // 2, 2, width_px // 2, 2).mean(axis=(1, 3), dtype=np.float32)
    return halved


def _mixed(plane: Plane, values: Floats, alpha: Floats, left_px: int, top_px: int) -> Plane:
    height_px, width_px = values.shape
    mixed = plane.copy()
    place = mixed[top_px : top_px + height_px, left_px : left_px + width_px]
    place[...] = np.rint(place * (1 - alpha) + values).clip(0, 255).astype(np.uint8)
    return mixed
