"""Scenes with captions and a logo drawn into their pictures; those that show neither are copied as before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio_composer.burned_captions import caption_overlay
from studio_composer.captions import Caption
from studio_composer.card_looks import caption_face
from studio_composer.given import part_path, refusal
from studio_composer.logos import corner_overlay, opened_logo
from studio_composer.orders import FilmOrder
from studio_composer.overlays import Overlay
from studio_composer.splice import Check, Piece, Reference, encode
from studio_composer.timeline import Scene, Timeline
from studio_media.picture import Planes, frames


@dataclass(frozen=True, slots=True)
class _Shown:
    """An overlay of the film's frames [start_frame, stop_frame)."""

    start_frame: int
    stop_frame: int
    overlay: Overlay


@dataclass(slots=True)
class Drawing:
    """Where scenes are encoded, and who hears how far it is, 0 to 100."""

    reference: Reference
    work: Path
    check: Check
    progress: Callable[[int], None]
    done_frames: int = 0
    length_frames: int = 0

    def count(self) -> None:
        """Note that one more frame is about to be drawn."""
        self.check()
        self.done_frames += 1
        self.progress(100 * self.done_frames // self.length_frames)


def overlaid(order: FilmOrder, timeline: Timeline, captions: Sequence[Caption], drawing: Drawing) -> Timeline:
    """The timeline whose scenes have what the order draws into them; itself when that is nothing."""
    shown = [*_corner(order, timeline), *_captions(order, timeline, captions)]
    own = {scene.role: _of_scene(shown, scene) for scene in timeline.scenes}
    drawing.length_frames = sum(scene.picture.length_frames for scene in timeline.scenes if own[scene.role])
    if not drawing.length_frames:
        return timeline
    scenes = [_scene(scene, number, own[scene.role], drawing) for number, scene in enumerate(timeline.scenes)]
    return replace(timeline, scenes=tuple(scenes))


def _corner(order: FilmOrder, timeline: Timeline) -> list[_Shown]:
    brand = order.brand
    if brand is None or brand.watermark_corner is None:
        return []
    path = part_path(order.inputs, brand.logo_role, "image", "the logo")
    try:
        overlay = corner_overlay(opened_logo(path), brand, order.width_px, order.height_px)
    except OSError as error:
        raise refusal("BRAND_UNREADABLE", "The brand's logo can't be read.", error) from error
    scenes = timeline.scene_frames
    return [_Shown(scenes.start, scenes.stop, overlay)] if overlay else []


def _captions(order: FilmOrder, timeline: Timeline, captions: Sequence[Caption]) -> list[_Shown]:
    style = order.caption_style
    if style is None or not style.burned_in:
        return []
    face, shown = caption_face(order), []
    for caption in captions:
        overlay = caption_overlay(caption.lines, style, face, order.width_px, order.height_px)
        if overlay is not None:
            first, after = timeline.frame_at(caption.start_ms), timeline.frame_at(caption.end_ms)
            shown.append(_Shown(first, after, overlay))
    return shown


def _of_scene(shown: Sequence[_Shown], scene: Scene) -> list[_Shown]:
    stop_frame = scene.start_frame + scene.picture.length_frames
    return [it for it in shown if it.start_frame < stop_frame and it.stop_frame > scene.start_frame]


def _scene(scene: Scene, number: int, shown: Sequence[_Shown], drawing: Drawing) -> Scene:
    if not shown:
        return scene
    length_frames, path = scene.picture.length_frames, drawing.work / f"overlaid-{number}.mp4"
    encode(_drawn(scene, shown), length_frames, drawing.reference, path, drawing.count)
    return replace(scene, picture=Piece(path, 0, length_frames), encoded_again=True)


def _drawn(scene: Scene, shown: Sequence[_Shown]) -> Iterator[Planes]:
    for at, picture in enumerate(frames(scene.picture.source), start=scene.start_frame):
        for it in shown:
            if it.start_frame <= at < it.stop_frame:
                picture = it.overlay.over(picture)
        yield picture
