"""Clips cut to other proportions: what a window of each picture shows, resampled between pixels."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from studio_composer.figures import Figure, Views, figures_from, views_from, whole_views
from studio_composer.fitting import shown_pictures
from studio_composer.framing import Shot, Window, windows
from studio_composer.given import optional_part, part_path
from studio_composer.held import picture_of
from studio_composer.orders import SegmentOrder
from studio_composer.splice import Check, Reference, encode
from studio_media.picture import ClipError, Plane, Planes, probe

Size = tuple[int, int]


def write_reframed(order: SegmentOrder, reference: Reference, path: Path, check: Check) -> int:
    """Write the order's only shot as a clip in its proportions; how many characters were looked after.

    Raises ClipError for a broken clip, still, bundle or views, EngineFailure for a missing clip or still.
    """
    shot = order.shots[0]
    where = f"shot {shot.shot_id}"
    pictures: Iterable[Planes]
    if shot.clip_role:
        clip = part_path(order.inputs, shot.clip_role, "clip", where)
        facts = probe(clip)
        size = facts.width_px, facts.height_px
        pictures = shown_pictures(clip, shot.length_frames, reference.form.rate_hz)
    else:
        still = picture_of(part_path(order.inputs, shot.still_role, "image", where))
        size = still.y.shape[1], still.y.shape[0]
        pictures = itertools.repeat(still, shot.length_frames)
    framed = _shot(order, size, reference)
    shown = _shown(pictures, windows(framed), (order.width_px, order.height_px))
    encode(shown, shot.length_frames, reference, path, check)
    return len(framed.figures)


def _shot(order: SegmentOrder, size: Size, reference: Reference) -> Shot:
    shot = order.shots[0]
    return Shot(
        clip_width_px=size[0],
        clip_height_px=size[1],
        width_px=order.width_px,
        height_px=order.height_px,
        rate_hz=float(reference.form.rate_hz),
        figures=_figures(order, size),
        views=_views(order),
        cues=shot.cues,
        subject=shot.framing.subject if shot.framing else "",
    )


def _figures(order: SegmentOrder, size: Size) -> Sequence[Figure]:
    """Who is in the shot's still; nobody for engines that don't say."""
    framing = order.shots[0].framing
    bundle = optional_part(order.inputs, framing.still_role, "bundle") if framing else None
    if bundle is None:
        return ()
    try:
        return figures_from(bundle, *size)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ClipError(f"unreadable bundle: {error!r}") from error


def _views(order: SegmentOrder) -> Views:
    """What the clip shows of its still; all of it for engines that don't say, and of a held still."""
    shot = order.shots[0]
    path = optional_part(order.inputs, shot.clip_role, "views") if shot.clip_role else None
    if path is None:
        return whole_views(shot.length_frames)
    try:
        return views_from(path, shot.length_frames)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ClipError(f"unreadable views: {error!r}") from error


def _shown(pictures: Iterable[Planes], seen: Sequence[Window], size: Size) -> Iterator[Planes]:
    before: tuple[Planes, Window] | None = None
    for picture, window in zip(pictures, seen, strict=True):
        if before is None or before[0] is not picture or before[1] != window:
            shown = resampled(picture, window, *size)
            before = picture, window
        yield shown


def resampled(picture: Planes, window: Window, width_px: int, height_px: int) -> Planes:
    """What a window shows, at this size; it may begin and end between pixels."""

    def plane_of(plane: Plane, shrink: int) -> Plane:
        left, top = window.left / shrink, window.top / shrink
        box = (left, top, left + window.width / shrink, top + window.height / shrink)
        size = (width_px // shrink, height_px // shrink)
        # A sum of roundings may reach past the edge.
        inside = (box[0], box[1], min(box[2], plane.shape[1]), min(box[3], plane.shape[0]))
        resized = Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS, inside)
        return np.asarray(resized, dtype=np.uint8)

    return Planes(plane_of(picture.y, 1), plane_of(picture.u, 2), plane_of(picture.v, 2))
