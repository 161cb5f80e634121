"""A still laid out for its frames: layers that move by their depth, weather, lights, and figures who live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from filmstudio.still_bundle import DEPTH_OF_FIGURES
from studio_media.picture import Planes, planes_from_rgb
from studio_videogen.grain import grainy_luma
from studio_videogen.lamps import Lamp
from studio_videogen.life import Pose
from studio_videogen.orders import ClipOrder
from studio_videogen.path import View
from studio_videogen.puppet import Puppet
from studio_videogen.rail import Sweep, looks_of, sweep_of
from studio_videogen.still import Pixels, Still
from studio_videogen.tile import Tile
from studio_videogen.veil import OPAQUE, Plane, Veil, VeilSheet, Window

# Of the camera's movement, what the horizon takes part in; figures move with it as a picture would.
HORIZON_SHARE = 0.4
# Clear pixels about what a layer shows, in which heads may move.
RIM_PX = 24
# As far as an edge is smoothed into what lies beside it.
EDGE_PX = 2
# Where heads leave less of a layer bare, its parts are looked at one by one.
BARE_SHARE = 0.6
# Into so many bands a layer is cut across.
BANDS = 6


class Scene:
    """What a clip's frames are made of."""

    def __init__(self, still: Still, order: ClipOrder, lives: Sequence[Sequence[Pose]]) -> None:
        """`lives` has, for each of the still's heads, its pose in each frame."""
        self._frame = Window(0, 0, order.width_px, order.height_px)
        self._source = (still.width_px, still.height_px)
        self._rate_hz = order.rate_numerator / order.rate_denominator
        is_layered = len(still.layers) > 1
        self._shares = [_share(layer.depth_permille) if is_layered else 1.0 for layer in still.layers]
        sweep = sweep_of(order.move)
        self._ground = _Ground(still.layers[0].pixels, sweep, grainy=is_layered)
        self._tiles: dict[int, Tile] = {}
        self._cuts: dict[int, _Cut] = {}
        for place, layer in enumerate(still.layers[1:], start=1):
            if layer.drift is not None:
                self._tiles[place] = Tile(layer.pixels, layer.drift, *self._frame.size, self._rate_hz)
            elif (cut := _cut(still, place, sweep, lives)) is not None:
                self._cuts[place] = cut
        self._lamps = [
            (light.layer, Lamp(light, place, order.seed)) for place, light in enumerate(still.lights)
        ]
        self._first_cut = min(self._cuts, default=0)

    def seen(self, view: View, frame: int) -> Planes:
        """One frame: `view` is that of the figures' plane."""
        width_px, height_px = self._frame.size
        half = (height_px // 2, width_px // 2)
        picture = Planes(
            np.empty((height_px, width_px), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8)
        )
        self.paint(picture, view, frame)
        return picture

    def paint(self, picture: Planes, view: View, frame: int) -> None:
        """Paint one frame over all of a picture of the frames' size."""
        window = self._window_behind(view)
        for place in range(len(self._shares)):
            own = self._by_depth(view, place)
            if place == 0:
                self._ground.put(picture, own, window)
            elif place in self._tiles:
                self._tiles[place].over(picture, own, frame, window)
            elif place in self._cuts:
                window = self._frame
                self._cuts[place].over(picture, own, self._frame, frame)
            for layer, lamp in self._lamps:
                if layer == place:
                    lamp.on(picture, own, window, frame / self._rate_hz)

    def _window_behind(self, view: View) -> Window:
        """What of a frame the first of the standing layers leaves open: it is all that others fill."""
        if not self._first_cut:
            return self._frame
        own = self._by_depth(view, self._first_cut)
        return self._cuts[self._first_cut].gap_in(own, self._frame)

    def _by_depth(self, view: View, place: int) -> View:
        """The view of a layer: nearer to the whole still, the farther the layer is."""
        share = self._shares[place]
        width_px, height_px = self._frame.size
        whole_step = min(self._source[0] / width_px, self._source[1] / height_px)
        step = whole_step / (1.0 + (whole_step / view.step - 1.0) * share)
        return View(
            _aimed(view.left, view.step, step, width_px, self._source[0], share),
            _aimed(view.top, view.step, step, height_px, self._source[1], share),
            step,
        )


def _share(depth_permille: int) -> float:
    return HORIZON_SHARE + (1.0 - HORIZON_SHARE) * depth_permille / DEPTH_OF_FIGURES


def _aimed(first: float, step: float, own_step: float, side_px: int, source_px: int, share: float) -> float:
    """Where a layer's window begins, whose middle is off the still's by a share of the view's."""
    off = (first + step * side_px / 2 - source_px / 2) * share
    return source_px / 2 + off - own_step * side_px / 2


class _Ground:
    """The opaque layer that lies behind all others."""

    def __init__(self, pixels: Pixels, sweep: Sweep | None, *, grainy: bool) -> None:
        planes = planes_from_rgb(pixels)
        luma = grainy_luma(planes.y) if grainy else planes.y
        self._luma, self._chroma = (
            looks_of(luma, sweep),
            [looks_of(one, sweep) for one in (planes.u, planes.v)],
        )

    def put(self, picture: Planes, view: View, window: Window) -> None:
        """Put what the view shows in a window of it; pixel centres stay aligned between luma and chroma."""
        if window.is_empty:
            return
        left, top = view.left + window.left * view.step, view.top + window.top * view.step
        width_px, height_px = window.size
        half = View(left / 2, top / 2, view.step)
        window.of(picture.y)[:] = self._luma.seen(View(left, top, view.step), width_px, height_px)
        for sheet, plane in zip(self._chroma, (picture.u, picture.v), strict=True):
            window.of(plane, 2)[:] = sheet.seen(half, width_px // 2, height_px // 2)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A layer that stands: what of it there is, and its puppets with their poses in each frame.

    It is `drawn` within its `bounds`, which have room for heads that move; `bands` from top to bottom are
    what that has in so many rows, for figures are narrower than their boxes.
    """

    sheet: VeilSheet
    bounds: Window
    drawn: Window
    bands: tuple[Window, ...]
    gap: Window
    source: tuple[int, int]
    puppets: tuple[tuple[Puppet, Sequence[Pose]], ...]

    def over(self, picture: Planes, view: View, frame: Window, at: int) -> None:
        """Lay it over a frame."""
        if self._is_ground:
            self._fill(picture, view, frame)
            return
        window = _seen_in(self.bounds, self.source, view, frame)
        if window.is_empty:
            return
        bare = [window]
        # Of two heads that meet, the last is in front.
        for puppet, poses in reversed(self.puppets):
            pieces = puppet.pieces(window, view, poses[at])
            for piece in pieces:
                for part in _common(piece.window, bare):
                    piece.veil.part(part.moved(-piece.window.left, -piece.window.top)).over(picture, part)
            bare = _without(bare, [piece.window for piece in pieces])
        drawn = _seen_in(self.drawn, self.source, view, frame)
        self._lay(picture, view, drawn, _common(drawn, bare), self._bands_in(drawn, view, frame))

    def _bands_in(self, drawn: Window, view: View, frame: Window) -> list[Window]:
        """The bands as they are seen in a frame: they meet, and none has a row of another."""
        rows = [int((band.top - view.top) / view.step) // 2 * 2 for band in self.bands[1:]]
        seen = (_seen_in(band, self.source, view, frame) for band in self.bands)
        return [
            part
            for band, top, bottom in zip(seen, [drawn.top, *rows], [*rows, drawn.bottom], strict=True)
            if not (part := Window(band.left, top, band.right, bottom).within(drawn)).is_empty
        ]

    def _lay(
        self,
        picture: Planes,
        view: View,
        window: Window,
        bare: Sequence[Window],
        bands: Sequence[Window],
    ) -> None:
        """Lay those parts of a window over a frame that no head has; beside its bands there is nothing."""
        if not self.sheet.slides and sum(part.area_px for part in bare) < BARE_SHARE * window.area_px:
            for part in bare:
                self.sheet.seen(view, part).over(picture, part)
        elif bare:
            seen = self.sheet.seen(view, window)
            for part in (part for band in bands for part in _common(band, bare)):
                seen.part(part.moved(-window.left, -window.top)).over(picture, part)

    def _fill(self, picture: Planes, view: View, frame: Window) -> None:
        """Fill a frame with it, but in its gap lay it over what is there."""
        gap = self.gap_in(view, frame)
        seen = Planes(*self.sheet.colours(view, frame))
        for window in frame.without(gap):
            for plane, part in zip(_parts(picture, window), _parts(seen, window), strict=True):
                plane[:] = part
        if not gap.is_empty:
            Veil(*_parts(seen, gap), *self.sheet.rests(view, gap)).over(picture, gap)

    def gap_in(self, view: View, frame: Window) -> Window:
        """Where in a frame something behind it may be seen."""
        return _seen_in(self.gap, self.source, view, frame) if self._is_ground else frame

    @property
    def _is_ground(self) -> bool:
        """Whether it fills the still, so that it hides all but what its gap leaves open."""
        return self.bounds.size == self.source and not self.puppets


def _parts(picture: Planes, window: Window) -> tuple[Plane, Plane, Plane]:
    return (window.of(picture.y), window.of(picture.u, 2), window.of(picture.v, 2))


def _seen_in(bounds: Window, source: tuple[int, int], view: View, frame: Window) -> Window:
    """Where in a frame a part of a still is; what reaches the still's edge goes on beyond it."""
    wide, high = source
    left = (bounds.left - view.left) / view.step if bounds.left > 0 else 0.0
    top = (bounds.top - view.top) / view.step if bounds.top > 0 else 0.0
    right = (bounds.right - view.left) / view.step if bounds.right < wide else frame.right
    bottom = (bounds.bottom - view.top) / view.step if bounds.bottom < high else frame.bottom
    sides = (max(left, 0.0), max(top, 0.0), max(right, 0.0) + 1, max(bottom, 0.0) + 1)
    return Window(*(int(side) for side in sides)).whole_pairs.within(frame)


def _common(window: Window, others: Sequence[Window]) -> list[Window]:
    parts = [window.within(other) for other in others]
    return [part for part in parts if not part.is_empty]


def _without(windows: list[Window], holes: Sequence[Window]) -> list[Window]:
    """What is left of windows beside others."""
    for hole in holes:
        windows = [part for window in windows for part in window.without(hole)]
    return windows


def _cut(still: Still, place: int, sweep: Sweep | None, lives: Sequence[Sequence[Pose]]) -> _Cut | None:
    layer = still.layers[place]
    alpha = np.asarray(cv2.extractChannel(layer.pixels, 3), dtype=np.uint8)
    bounds = _bounds(alpha)
    if bounds is None:
        return None
    veil = Veil.of(layer.pixels[bounds.top : bounds.bottom, bounds.left : bounds.right])
    rest = veil.rest
    grainy = Veil(grainy_luma(veil.y, rest), veil.u, veil.v, rest, veil.rest_half)
    present = [(head, way) for head, way in zip(still.heads, lives, strict=True) if head.layer == place]
    alone = len(present) == 1
    puppets = tuple(
        (Puppet(head, grainy, bounds, alone=alone and not head.lies), way) for head, way in present
    )
    drawn = _bounds(alpha, EDGE_PX) or bounds
    gap = _bounds((alpha < OPAQUE).view(np.uint8)) or Window(0, 0, 0, 0)
    source = (still.width_px, still.height_px)
    sheet = VeilSheet(grainy, bounds.left, bounds.top, sweep)
    return _Cut(sheet, bounds, drawn, _bands(alpha, drawn), gap, source, puppets)


def _bands(alpha: Plane, drawn: Window) -> tuple[Window, ...]:
    """What of a layer is not clear, cut across; each is as wide as its rows and some next to them need."""
    high = -(-(drawn.bottom - drawn.top) // (2 * BANDS)) * 2
    bands = []
    for top in range(drawn.top, drawn.bottom, high):
        bottom = min(top + high, drawn.bottom)
        # Frames round up to three of their rows into a band: less than half of one in all but tiny frames.
        near = alpha[max(0, top - high // 2) : bottom + high // 2]
        found = _bounds(near, EDGE_PX)
        left, right = (found.left, found.right) if found else (drawn.left, drawn.left)
        bands.append(Window(left, top, right, bottom))
    return tuple(bands)


def _bounds(seen: Plane, rim_px: int = RIM_PX) -> Window | None:
    """The even box of what is not zero, with a rim of zeros where it does not reach the edge."""
    left, top, wide, high = cv2.boundingRect(seen)
    if not wide:
        return None
    height_px, width_px = seen.shape
    return Window(
        max(0, left // 2 * 2 - rim_px),
        max(0, top // 2 * 2 - rim_px),
        min(width_px, (left + wide - 1) // 2 * 2 + 2 + rim_px),
        min(height_px, (top + high - 1) // 2 * 2 + 2 + rim_px),
    )
