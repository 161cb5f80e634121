"""Captions and a logo drawn into the pictures of scenes; what shows neither is copied as before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from studio_composer.burned_captions import caption_overlay
from studio_composer.captions import Caption
from studio_composer.card_looks import caption_face
from studio_composer.given import part_path, refusal
from studio_composer.logos import corner_overlay, opened_logo
from studio_composer.orders import FilmOrder
from studio_composer.overlays import Overlay
from studio_composer.splice import Piece, Reference, encode, key_frames, write_picture
from studio_composer.timeline import Scene, Timeline
from studio_composer.workbench import Workbench
from studio_media.picture import Planes, frames


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """An overlay of the film's frames [start_frame, stop_frame)."""

    start_frame: int
    stop_frame: int
    overlay: Overlay
    fade_frames: int = 0

    def over(self, picture: Planes, frame: int) -> Planes:
        """The picture with this over it, where it shows at this frame; it comes and goes by `fade_frames`."""
        if not self.start_frame <= frame < self.stop_frame:
            return picture
        edge = min(frame - self.start_frame, self.stop_frame - 1 - frame) + 1
        if edge > self.fade_frames:
            return self.overlay.over(picture)
        return self.overlay.fainter(edge / (self.fade_frames + 1)).over(picture)


@dataclass(frozen=True, slots=True)
class _Span:
    """The frames [first_frame, after_frame) of a scene, and what is drawn on any of them."""

    first_frame: int
    after_frame: int
    shown: Sequence[Shown]

    @property
    def length_frames(self) -> int:
        """How many frames it has."""
        return self.after_frame - self.first_frame


@dataclass(slots=True)
class Drawing:
    """Where scenes are encoded, and who hears how far it is, 0 to 100."""

    workbench: Workbench
    progress: Callable[[int], None]
    done_frames: int = 0
    length_frames: int = 0

    def count(self) -> None:
        """Note that one more frame is about to be drawn."""
        self.workbench.check()
        self.done_frames += 1
        self.progress(100 * self.done_frames // self.length_frames)


def overlaid(order: FilmOrder, timeline: Timeline, captions: Sequence[Caption], drawing: Drawing) -> Timeline:
    """The timeline whose scenes have what the order draws into them; itself when that is nothing."""
    shown = [*_corner(order, timeline), *_captions(order, timeline, captions)]
    return drawn_over(timeline, shown, drawing)


def drawn_over(timeline: Timeline, shown: Sequence[Shown], drawing: Drawing) -> Timeline:
    """The timeline whose scenes have these overlays in them; itself where none shows."""
    spans = {scene.role: _spans(shown, scene, drawing.workbench.reference) for scene in timeline.scenes}
    drawing.length_frames = sum(span.length_frames for own in spans.values() for span in own if span.shown)
    if not drawing.length_frames:
        return timeline
    scenes = [
        _scene(scene, number, spans[scene.role], drawing) for number, scene in enumerate(timeline.scenes)
    ]
    return replace(timeline, scenes=tuple(scenes))


def _corner(order: FilmOrder, timeline: Timeline) -> list[Shown]:
    brand = order.brand
    if brand is None or brand.watermark_corner is None:
        return []
    path = part_path(order.inputs, brand.logo_role, "image", "the logo")
    try:
        overlay = corner_overlay(opened_logo(path), brand, order.width_px, order.height_px)
    except OSError as error:
        raise refusal("BRAND_UNREADABLE", "The brand's logo can't be read.", error) from error
    scenes = timeline.scene_frames
    return [Shown(scenes.start, scenes.stop, overlay)] if overlay else []


def _captions(order: FilmOrder, timeline: Timeline, captions: Sequence[Caption]) -> list[Shown]:
    style = order.caption_style
    if style is None or not style.burned_in:
        return []
    face, shown = caption_face(order), []
    for caption in captions:
        overlay = caption_overlay(caption.lines, style, face, order.width_px, order.height_px)
        if overlay is not None:
            first, after = timeline.frame_at(caption.start_ms), timeline.frame_at(caption.end_ms)
            shown.append(Shown(first, after, overlay))
    return shown


def _spans(shown: Sequence[Shown], scene: Scene, reference: Reference) -> list[_Span]:
    """A scene between the frames at which it can be cut; neighbours that are both drawn on are one."""
    stop_frame = scene.start_frame + scene.picture.length_frames
    if not any(it.start_frame < stop_frame and it.stop_frame > scene.start_frame for it in shown):
        return []
    edges = [*key_frames(scene.picture.source, reference), scene.picture.length_frames]
    spans: list[_Span] = []
    for first, after in pairwise(edges):
        start, stop = scene.start_frame + first, scene.start_frame + after
        own = [it for it in shown if it.start_frame < stop and it.stop_frame > start]
        if spans and bool(spans[-1].shown) == bool(own):
            first, own = spans[-1].first_frame, list(dict.fromkeys([*spans.pop().shown, *own]))
        spans.append(_Span(first, after, own))
    return spans


def _scene(scene: Scene, number: int, spans: Sequence[_Span], drawing: Drawing) -> Scene:
    if not any(span.shown for span in spans):
        return scene
    source, pieces, bench = scene.picture.source, [], drawing.workbench
    for index, span in enumerate(spans):
        piece = Piece(source, span.first_frame, span.after_frame)
        if span.shown:
            path = bench.folder / f"drawn-{number}-{index}.mp4"
            encode(_drawn(scene, span), span.length_frames, bench.reference, path, drawing.count)
            piece = Piece(path, 0, span.length_frames)
        pieces.append(piece)
    whole = bench.folder / f"overlaid-{number}.mp4"
    write_picture(pieces, bench.reference, whole, bench.check)
    return replace(scene, picture=Piece(whole, 0, scene.picture.length_frames), encoded_again=True)


def _drawn(scene: Scene, span: _Span) -> Iterator[Planes]:
    pictures = frames(scene.picture.source, span.first_frame, span.after_frame)
    for at, picture in enumerate(pictures, start=scene.start_frame + span.first_frame):
        for it in span.shown:
            picture = it.over(picture, at)
        yield picture
