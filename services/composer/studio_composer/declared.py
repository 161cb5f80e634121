"""What a plan declares: the stretches of a scene or film that may be black, stand still or be silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio_composer.defects import Kind, Meant
from studio_composer.orders import FilmOrder, SegmentOrder, SegmentShot
from studio_composer.timeline import Timeline
from studio_composer.verdicts import Verdict

_PICTURE = (Kind.BLACK, Kind.FROZEN)


def meant_in_scene(order: SegmentOrder) -> tuple[Meant, ...]:
    """What a scene's order declares, in its own frames."""
    # A night that comes out of black stays dark for a while.
    dusk_frames = round(order.rate_numerator / order.rate_denominator / 2)
    length_frames = order.length_frames
    found: list[Meant] = []
    if order.fade_in_frames and not order.fade_in_white:
        found.append(Meant(Kind.BLACK, 0, order.fade_in_frames + dusk_frames, "fade in"))
    if order.fade_out_frames and not order.fade_out_white:
        start_frame = max(0, length_frames - order.fade_out_frames - dusk_frames)
        found.append(Meant(Kind.BLACK, start_frame, length_frames, "fade out"))
    for shot, start_frame in zip(order.shots, order.start_frames, strict=True):
        found += _in_shot(shot, start_frame, dusk_frames)
    if why := _why_silent(order):
        found.append(Meant(Kind.SILENT, 0, length_frames, why))
    return tuple(found)


def _in_shot(shot: SegmentShot, start_frame: int, dusk_frames: int) -> Iterator[Meant]:
    stop_frame = start_frame + shot.shown_frames
    if shot.dip_frames and not shot.dips_to_white:
        around = shot.dip_frames + dusk_frames
        yield Meant(Kind.BLACK, max(0, stop_frame - around), stop_frame + around, "dip to black")
    if shot.hold_frames:
        first = max(start_frame, stop_frame - shot.hold_frames - 1)
        yield Meant(Kind.FROZEN, first, stop_frame, "held picture")
    if shot.still_role:
        yield Meant(Kind.FROZEN, start_frame, stop_frame, "held still")
    if shot.fitted:
        yield from (Meant(kind, start_frame, stop_frame, "brought clip") for kind in _PICTURE)


def _why_silent(order: SegmentOrder) -> str:
    """Why a scene may be silent between its speeches; empty where it may not."""
    if order.music_fitted:
        return "brought music"
    sounds = (order.music_role, order.effects_role, order.ambience_role)
    if any(sounds) or any(shot.effects_role for shot in order.shots):
        return ""
    return "scene without music and effects"


def meant_in_film(
    order: FilmOrder,
    timeline: Timeline,
    shown: Mapping[str, Verdict],
    heard: Mapping[str, Verdict],
    has_tones: tuple[bool, bool],
) -> tuple[Meant, ...]:
    """What a film declares: its cards, its muted scenes, and what the scenes' verdicts declare.

    `shown` are the verdicts of the pictures and `heard` those of the sounds, by the scenes' roles;
    `has_tones` says whether the room tones of the first and the last scene have any sound.
    """
    found = list(_cards(order, timeline, has_tones))
    for scene, segment in zip(timeline.scenes, order.segments, strict=True):
        pictures = (it for it in shown[scene.role].meant if it.kind is not Kind.SILENT)
        sounds = (it for it in heard[scene.role].meant if it.kind is Kind.SILENT)
        found += [it.shifted(scene.start_frame) for it in (*pictures, *sounds)]
        if segment.music.muted and segment.effects.muted:
            stop_frame = scene.start_frame + scene.picture.length_frames
            found.append(Meant(Kind.SILENT, scene.start_frame, stop_frame, "muted scene"))
    return tuple(found)


def _cards(order: FilmOrder, timeline: Timeline, has_tones: tuple[bool, bool]) -> Iterator[Meant]:
    """Cards stand still and may be black; they are silent where no scene's sound goes on under them."""
    has_first, has_last = has_tones
    scenes = timeline.scene_frames
    dusk_frames = round(timeline.rate_hz / 2)
    if scenes.start:
        is_heard = has_first and order.segments[0].sound_before_frames > 0
        yield from _card(0, scenes.start, scenes.start + dusk_frames, "title card", is_heard)
    if scenes.stop < timeline.length_frames:
        first = max(0, scenes.stop - dusk_frames)
        is_heard = has_last and any(segment.sound_after_frames for segment in order.segments)
        yield from _card(first, timeline.length_frames, timeline.length_frames, "closing cards", is_heard)


def _card(start_frame: int, stop_frame: int, dusk_frame: int, why: str, is_heard: bool) -> Iterator[Meant]:
    yield Meant(Kind.BLACK, start_frame, dusk_frame, why)
    yield Meant(Kind.FROZEN, start_frame, stop_frame, why)
    if not is_heard:
        yield Meant(Kind.SILENT, start_frame, stop_frame, why)
