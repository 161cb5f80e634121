"""The cut of a scene: its takes in the film's order, with trims, holds, transitions and levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge, Uses
from studio_jobs.domain.states import TaskKind
from studio_jobs.lower_thirds import lower_thirds_of
from studio_jobs.production import Production
from studio_jobs.scene_tasks import PlannedShot, SceneTasks, least_ms, timing_in
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.task_list import TaskList, frames_in
from studio_jobs.timeline.arrangement import ArrangedScene, Take
from studio_jobs.timeline.edits import Transition, TransitionKind

SCENE_FADE_MS = 500

Timings = list[task_pb2.ShotTiming]


@dataclass(frozen=True, slots=True)
class _Sounds:
    """The effects of a scene's takes: inputs, the role of each take's own, and how they are ordered."""

    edges: list[Edge]
    roles: Mapping[str, str]
    orders: list[task_pb2.EffectsOrder]
    timings: Timings


@dataclass(frozen=True, slots=True)
class Dub:
    """What is said in place of a line: the speech, and the text."""

    edge: Edge
    text: str


def add_cut(tasks: TaskList, arranged: ArrangedScene, made: Mapping[str, SceneTasks]) -> int:
    """Append the cut of a scene; `made` are the tasks of all scenes that its takes were written in.

    Raises ScreenplayRefused for trims that leave nothing of a silent shot.
    """
    scene = arranged.scene
    takes = [(f"shot-{index}-", take) for index, take in enumerate(arranged.takes, start=1)]
    planned = [made[take.scene.scene_id].shots[take.shot_id] for _, take in takes]
    timings = [timing_in(tasks, take.shot, prefix) for prefix, take in takes]
    sounds = _effects(tasks, arranged, made, timings)
    pictures = [edge for index, shot in enumerate(planned, start=1) for edge in shot.picture_edges(index)]
    speeches = [
        edge for (prefix, _), shot in zip(takes, planned, strict=True) for edge in shot.speech_edges(prefix)
    ]
    ambience = _ambience(tasks, arranged)
    spec = _spec(tasks, arranged, is_retimed(arranged, made), sounds)
    spec.ambience_role = ambience[0].role if ambience else ""
    return tasks.add(
        TaskKind.SEGMENT,
        f"scene {scene.ordinal} cut",
        {"segment": spec},
        (*pictures, *speeches, Edge("music", made[scene.scene_id].music), *sounds.edges, *ambience),
        span=scene.span,
        timings=sounds.timings,
    )


def picture_cut(
    tasks: TaskList,
    arranged: ArrangedScene,
    made: Mapping[str, SceneTasks],
    clips: Sequence[int],
    size: task_pb2.Size,
    name: str,
) -> int:
    """Append the picture of a scene in another size, cut as its own is, from clips of that size.

    Nothing of its sound is in it, so what is heard changes no picture.
    """
    takes = [(f"shot-{index}-", take) for index, take in enumerate(arranged.takes, start=1)]
    shots = [made[take.scene.scene_id].shots[take.shot_id] for _, take in takes]
    lengths = [
        edge
        for (prefix, _), shot in zip(takes, shots, strict=True)
        for edge in shot.speech_edges(prefix, Uses.LENGTH)
    ]
    spec = _spec(tasks, arranged, is_retimed(arranged, made), _Sounds([], {}, [], []))
    spec.size.CopyFrom(size)
    spec.picture_only = True
    spec.ClearField("music_role")
    spec.ClearField("music_fitted")
    for index, shot in enumerate(spec.shots, start=1):
        shot.clip_role = f"clip-{index}"
        shot.ClearField("still_role")
        shot.ClearField("fitted")
        shot.ClearField("cues")
    return tasks.add(
        TaskKind.SEGMENT,
        f"{name}scene {arranged.scene.ordinal} cut",
        {"segment": spec},
        (*(Edge(f"clip-{index}", clip) for index, clip in enumerate(clips, start=1)), *lengths),
        span=arranged.scene.span,
        timings=[timing_in(tasks, take.shot, prefix) for prefix, take in takes],
    )


def sound_cut(
    tasks: TaskList,
    arranged: ArrangedScene,
    made: Mapping[str, SceneTasks],
    dubs: Sequence[Sequence[Dub]],
    name: str,
) -> int:
    """Append the sound of a scene with other speech of each take's lines, without its picture."""
    scene = arranged.scene
    takes = [(f"shot-{index}-", take) for index, take in enumerate(arranged.takes, start=1)]
    sounds = _effects(tasks, arranged, made, [timing_in(tasks, take.shot, prefix) for prefix, take in takes])
    lengths = [
        edge
        for prefix, take in takes
        for edge in made[take.scene.scene_id].shots[take.shot_id].speech_edges(prefix, Uses.LENGTH)
    ]
    ambience = _ambience(tasks, arranged)
    spec = _spec(tasks, arranged, is_retimed(arranged, made), sounds)
    spec.ambience_role = ambience[0].role if ambience else ""
    spec.ClearField("size")
    spec.fade_in_frames = spec.fade_out_frames = 0
    for shot, spoken in zip(spec.shots, dubs, strict=True):
        shot.clip_role = shot.still_role = ""
        del shot.lower_thirds[:]
        shot.fitted = False
        for cue, dub in zip(shot.cues, spoken, strict=True):
            cue.dub_role, cue.text = dub.edge.role, dub.text
    heard = [dub.edge for spoken in dubs for dub in spoken]
    return tasks.add(
        TaskKind.SEGMENT,
        f"{name}scene {scene.ordinal} cut",
        {"segment": spec},
        (*lengths, *heard, Edge("music", made[scene.scene_id].music), *sounds.edges, *ambience),
        span=scene.span,
        timings=sounds.timings,
    )


def _ambience(tasks: TaskList, arranged: ArrangedScene) -> list[Edge]:
    """The ambience that somebody brought for a scene, under the role "ambience"; none without one."""
    scene = arranged.scene
    brought = tasks.production.timeline.media(scene.scene_id, "ambience")
    if brought is None or not tasks.makes(TaskKind.EFFECTS):
        return []
    given = tasks.give(TaskKind.EFFECTS, f"scene {scene.ordinal} ambience", brought.kept)
    return [Edge("ambience", given)]


def is_retimed(arranged: ArrangedScene, made: Mapping[str, SceneTasks]) -> bool:
    """Whether the scene has another order or other lengths than its music and effects."""
    if [take.shot_id for take in arranged.takes] != list(made[arranged.scene.scene_id].shots):
        return True
    is_shared = any(take.transition and take.transition.shared_ms for take in arranged.takes[:-1])
    return is_shared or any(take.edit.moves_time for take in arranged.takes)


def _effects(
    tasks: TaskList, arranged: ArrangedScene, made: Mapping[str, SceneTasks], timings: Timings
) -> _Sounds:
    own_id = arranged.scene.scene_id
    home = Edge("effects", made[own_id].effects)
    if not made[own_id].effects:
        return _Sounds([], {}, [], timings)
    if not is_retimed(arranged, made):
        return _Sounds([home], {}, [], timings)
    places = {take.shot_id: index for index, take in enumerate(arranged.takes)}
    sounds = _Sounds([], {}, [], list(timings))
    roles: dict[str, str] = {}
    for scene_id in dict.fromkeys(take.scene.scene_id for take in arranged.takes):
        role = "effects" if scene_id == own_id else f"effects-{len(roles) + 1}"
        roles[scene_id] = role
        sounds.edges.append(Edge(role, made[scene_id].effects))
        shots = made[scene_id].shots
        sounds.orders.append(_order(tasks, shots, places, sounds))
    away = {take.shot_id: roles[take.scene.scene_id] for take in arranged.takes}
    away = {shot_id: role for shot_id, role in away.items() if role != "effects"}
    return _Sounds(sounds.edges, away, sounds.orders, sounds.timings)


def _order(
    tasks: TaskList,
    shots: Mapping[str, PlannedShot],
    places: Mapping[str, int],
    sounds: _Sounds,
) -> task_pb2.EffectsOrder:
    """The timings of a scene's shots, up to the last one that shows here; those of others are added."""
    last = max(index for index, shot_id in enumerate(shots) if shot_id in places)
    order = task_pb2.EffectsOrder()
    for shot_id, planned in list(shots.items())[: last + 1]:
        if shot_id in places:
            order.timings.append(places[shot_id])
            continue
        prefix = f"other-{len(sounds.timings) + 1}-"
        order.timings.append(len(sounds.timings))
        sounds.timings.append(timing_in(tasks, planned.shot, prefix))
        sounds.edges.extend(planned.speech_edges(prefix, Uses.LENGTH))
    return order


def _spec(tasks: TaskList, arranged: ArrangedScene, retimed: bool, sounds: _Sounds) -> task_pb2.SegmentSpec:
    rate, is_shown = tasks.production.options.rate, tasks.makes(TaskKind.STILL)
    has_own_effects = any(edge.role == "effects" for edge in sounds.edges)
    return task_pb2.SegmentSpec(
        size=tasks.production.options.size if is_shown else None,
        rate=rate,
        shots=[
            _shot(tasks, index, take, sounds.roles, is_last=index == len(arranged.takes))
            for index, take in enumerate(arranged.takes, start=1)
        ],
        fade_in_frames=_rise_frames(arranged.transition_in, rate) if is_shown else 0,
        fade_out_frames=_fall_frames(arranged.transition_out, rate) if is_shown else 0,
        music_role="music",
        effects_role="effects" if has_own_effects else "",
        retimed=retimed,
        music_fitted=tasks.production.music(arranged.scene) is not None,
        effects_orders=sounds.orders,
        fade_in_white=is_shown and _is_white(arranged.transition_in),
        fade_out_white=is_shown and _is_white(arranged.transition_out),
    )


def _rise_frames(transition: Transition | None, rate: task_pb2.Rate) -> int:
    """A scene opens and closes with a dip, unless something else is asked for."""
    return frames_in(SCENE_FADE_MS if transition is None else transition.rise_ms, rate)


def _fall_frames(transition: Transition | None, rate: task_pb2.Rate) -> int:
    return frames_in(SCENE_FADE_MS if transition is None else transition.fall_ms, rate)


def _is_white(transition: Transition | None) -> bool:
    return transition is not None and transition.is_white


def _shot(
    tasks: TaskList, index: int, take: Take, roles: Mapping[str, str], *, is_last: bool
) -> task_pb2.SegmentShot:
    production, has_clip = tasks.production, tasks.makes(TaskKind.CLIP)
    lock = production.timeline.locks.get(take.shot_id)
    if lock is None:
        _require_something_left(take)
    edit, rate = take.edit, production.options.rate
    joint = None if is_last else take.transition
    return task_pb2.SegmentShot(
        shot_id=take.shot_id,
        clip_role=f"clip-{index}" if has_clip else "",
        still_role=f"still-{index}" if tasks.makes(TaskKind.STILL) and not has_clip else "",
        cues=_cues(index, take),
        head_trim_frames=frames_in(edit.head_trim_ms, rate),
        tail_trim_frames=frames_in(edit.tail_trim_ms, rate),
        hold_frames=frames_in(edit.hold_ms, rate),
        crossfade_frames=shared_frames(joint, rate),
        blend=blend_of(joint),
        dip_frames=frames_in(joint.rise_ms, rate) if joint else 0,
        dip_to_white=_is_white(joint),
        lower_thirds=lower_thirds_of(take.shot) if tasks.makes(TaskKind.STILL) else (),
        dip_from_cut=joint is not None and joint.kind is TransitionKind.CUT_TO_BLACK,
        effects_role=roles.get(take.shot_id, ""),
        fitted=has_clip and _is_fitted(production, take),
    )


def _is_fitted(production: Production, take: Take) -> bool:
    """Whether the clip may have another size, rate or length than the film's."""
    lock = production.timeline.locks.get(take.shot_id)
    if lock is not None:
        return not lock.fits(production.options.size, production.options.rate)
    return production.timeline.media(take.shot_id, "clip") is not None


def _cues(index: int, take: Take) -> Sequence[task_pb2.SpeechCue]:
    cues = []
    for number, line in enumerate(take.shot.lines, start=1):
        level = take.edit.lines.get(number)
        cues.append(
            task_pb2.SpeechCue(
                role=f"shot-{index}-speech-{number}",
                character=line.character,
                text=line.text,
                muted=level.muted if level else False,
                gain_millibels=level.gain_millibels if level and not level.muted else 0,
            )
        )
    return cues


_BLENDS = {TransitionKind.WIPE: task_pb2.BLEND_WIPE, TransitionKind.IRIS: task_pb2.BLEND_IRIS}


def shared_frames(transition: Transition | None, rate: task_pb2.Rate) -> int:
    """The frames in which both shots of a joint show."""
    return frames_in(transition.shared_ms, rate) if transition else 0


def blend_of(transition: Transition | None) -> task_pb2.Blend.ValueType:
    """How the shots of a joint turn into each other while both show."""
    kind = transition.kind if transition else TransitionKind.CUT
    return _BLENDS.get(kind, task_pb2.BLEND_UNSPECIFIED)


def _require_something_left(take: Take) -> None:
    """A silent shot's length is known before anything runs; the composer looks at those that speak."""
    trimmed_ms = take.edit.head_trim_ms + take.edit.tail_trim_ms
    if not take.shot.lines and trimmed_ms >= least_ms(take.shot):
        raise ScreenplayRefused(
            "TRIM_TOO_LONG",
            f"The trims of shot {take.shot_id} take {trimmed_ms} ms; it lasts {least_ms(take.shot)} ms.",
            "Trim it less, or leave the shot out of the screenplay.",
            line=take.shot.span.line_first,
            field="timeline",
        )
