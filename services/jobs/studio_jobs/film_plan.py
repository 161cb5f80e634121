"""From a breakdown to the graph of tasks: stills, clips, speech, music, effects, segments, the film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from studio_jobs.casting.entries import recast
from studio_jobs.domain.graph import Edge, Plan, PlannedTask, Uses, keyed
from studio_jobs.domain.keys import seed_of
from studio_jobs.domain.states import TaskKind
from studio_jobs.narration import narrated
from studio_jobs.production import Production
from studio_jobs.screenplay.durations import pause_ms
from studio_jobs.screenplay.elements import ScreenplayRefused, Span
from studio_jobs.screenplay.scenes import Breakdown, EffectCue, Scene, Shot
from studio_jobs.selections import chosen_shots, is_selective
from studio_jobs.shot_specs import SceneSetting, ShotSpecs

SHOTS_MAX = 3000
FILM_LENGTH_MAX_MS = 3 * 3600 * 1000
LEAD_MS = 300
GAP_MS = 250
TAIL_MS = 450
SHOT_MIN_MS = 1500
SCENE_FADE_MS = 500
TITLE_CARD_MS = 3000
END_CARD_MS = 2500
SPEECH_MS_PER_WORD = 360


@dataclass(slots=True)
class _Tasks:
    """The growing list of tasks; a number is given once."""

    production: Production
    specs: ShotSpecs
    tasks: list[PlannedTask] = field(default_factory=list)

    def add(
        self,
        kind: TaskKind,
        display_name: str,
        work: Mapping[str, object],
        inputs: tuple[Edge, ...] = (),
        *,
        seed: int = 0,
        shot_id: str = "",
        span: Span | None = None,
        timings: list[task_pb2.ShotTiming] | None = None,
    ) -> int:
        choice = self.production.pools[kind]
        spec = task_pb2.TaskSpec(
            kind=task_pb2.TaskKind.ValueType(int(kind)),
            engine=choice.engine,
            seed=seed,
            timings=timings or [],
            **work,  # type: ignore[arg-type]  # one of the oneof's fields, chosen by the caller
        )
        task = PlannedTask(
            number=len(self.tasks) + 1,
            kind=kind,
            pool=choice.pool,
            display_name=display_name,
            spec=spec,
            inputs=inputs,
            shot_id=shot_id,
            line_first=span.line_first if span else 0,
            line_last=span.line_last if span else 0,
        )
        self.tasks.append(task)
        return task.number


@dataclass(frozen=True, slots=True)
class _PlannedShot:
    shot: Shot
    clip: int
    speeches: tuple[int, ...]


def build_plan(breakdown: Breakdown, production: Production) -> Plan:
    """The whole graph of a film, or of the part that the options select.

    A selected shot is made as in the whole film. Raises ScreenplayRefused when the film has more shots or
    hours than a job may have, or lacks what is selected.
    """
    if production.options.narrate:
        breakdown = narrated(breakdown)
    _require_limits(breakdown)
    breakdown = recast(breakdown, production.casting.aliases)
    chosen = chosen_shots(breakdown, production.options.selection)
    tasks = _Tasks(production, ShotSpecs(breakdown, production))
    segments = [
        (_add_scene(tasks, scene, shots), scene.heading)
        for scene in breakdown.scenes
        if (shots := [shot for shot in scene.shots if shot.shot_id in chosen])
    ]
    _add_film(tasks, breakdown, segments)
    return keyed(tasks.tasks)


def _require_limits(breakdown: Breakdown) -> None:
    shots = [shot for scene in breakdown.scenes for shot in scene.shots]
    if len(shots) > SHOTS_MAX:
        raise ScreenplayRefused(
            "TOO_MANY_SHOTS",
            f"The screenplay makes {len(shots)} shots; a job may have {SHOTS_MAX}.",
            "Render it in parts.",
            line=shots[SHOTS_MAX].span.line_first,
        )
    length_ms = sum(_expected_ms(shot) for shot in shots)
    if length_ms > FILM_LENGTH_MAX_MS:
        raise ScreenplayRefused(
            "FILM_TOO_LONG",
            f"The film would be about {length_ms // 60_000} minutes; a job may make "
            f"{FILM_LENGTH_MAX_MS // 60_000}.",
            "Render it in parts.",
        )


def _expected_ms(shot: Shot) -> int:
    words = sum(len(line.text.split()) for line in shot.lines)
    pauses_ms = sum(pause_ms(line.parenthetical) for line in shot.lines)
    spoken = LEAD_MS + TAIL_MS + words * SPEECH_MS_PER_WORD + pauses_ms if shot.lines else 0
    return max(SHOT_MIN_MS, shot.estimated_ms, spoken)


def _add_scene(tasks: _Tasks, scene: Scene, chosen: Sequence[Shot]) -> int:
    scenery = tasks.specs.scenery(scene)
    shots = [_add_shot(tasks, scene, tasks.specs.at(scenery, shot), shot) for shot in chosen]
    timings = [
        _timing(tasks.production, planned.shot, f"shot-{index}-")
        for index, planned in enumerate(shots, start=1)
    ]
    speeches = [
        (f"shot-{index}-speech-{line}", number)
        for index, planned in enumerate(shots, start=1)
        for line, number in enumerate(planned.speeches, start=1)
    ]
    lengths = tuple(Edge(role, number, Uses.LENGTH) for role, number in speeches)
    music = _add_music(tasks, scene, timings, lengths)
    effects = _add_effects(tasks, scene, chosen, timings, lengths)
    clips = tuple(Edge(f"clip-{index}", planned.clip) for index, planned in enumerate(shots, start=1))
    return tasks.add(
        TaskKind.SEGMENT,
        f"scene {scene.ordinal} cut",
        {"segment": _segment_spec(tasks.production, shots)},
        (
            *clips,
            *(Edge(role, number) for role, number in speeches),
            Edge("music", music),
            Edge("effects", effects),
        ),
        span=scene.span,
        timings=timings,
    )


def _add_shot(tasks: _Tasks, scene: Scene, scenery: SceneSetting, shot: Shot) -> _PlannedShot:
    production, specs = tasks.production, tasks.specs
    label = f"scene {scene.ordinal} shot {shot.ordinal}"
    still = tasks.add(
        TaskKind.STILL,
        f"{label} still",
        {"still": specs.still(scenery, shot)},
        seed=specs.still_seed(scenery, shot),
        shot_id=shot.shot_id,
        span=shot.span,
    )
    speeches = tuple(
        tasks.add(
            TaskKind.SPEECH,
            f"{label} {line.character.title()}",
            {"speech": specs.speech(line)},
            shot_id=shot.shot_id,
            span=line.span,
        )
        for line in shot.lines
    )
    lengths = (Edge(f"speech-{index}", number, Uses.LENGTH) for index, number in enumerate(speeches, start=1))
    clip = tasks.add(
        TaskKind.CLIP,
        f"{label} clip",
        {"clip": specs.clip(scenery, shot)},
        (Edge("still", still), *lengths),
        seed=specs.take_seed(shot),
        shot_id=shot.shot_id,
        span=shot.span,
        timings=[_timing(production, shot, "")],
    )
    return _PlannedShot(shot, clip, speeches)


def _timing(production: Production, shot: Shot, prefix: str) -> task_pb2.ShotTiming:
    rate = production.options.rate
    roles = [f"{prefix}speech-{index}" for index in range(1, len(shot.lines) + 1)]
    first_pause_ms, *later_pauses_ms = [pause_ms(line.parenthetical) for line in shot.lines] or [0]
    least_ms = max(SHOT_MIN_MS, 0 if shot.lines else shot.estimated_ms)
    return task_pb2.ShotTiming(
        lead_frames=_frames(LEAD_MS + first_pause_ms, rate) if roles else 0,
        gap_frames=_frames(GAP_MS + max(later_pauses_ms), rate) if len(roles) > 1 else 0,
        tail_frames=_frames(TAIL_MS, rate) if roles else 0,
        min_frames=_frames(least_ms, rate),
        speech_roles=roles,
        simultaneous_roles=[role for role, line in zip(roles, shot.lines, strict=True) if line.dual],
        rate=rate,
    )


def _frames(length_ms: int, rate: task_pb2.Rate) -> int:
    return round(length_ms * rate.numerator / (1000 * rate.denominator))


def _add_music(
    tasks: _Tasks,
    scene: Scene,
    timings: list[task_pb2.ShotTiming],
    lengths: tuple[Edge, ...],
) -> int:
    spec = task_pb2.MusicSpec(
        mood=task_pb2.Mood.Value(f"MOOD_{scene.mood}"),
        rate=tasks.production.options.rate,
        intensity_permille=1000,
    )
    seed = seed_of(tasks.production.project_id, "score")
    return tasks.add(
        TaskKind.MUSIC, f"scene {scene.ordinal} music", {"music": spec}, lengths, seed=seed, timings=timings
    )


def _add_effects(
    tasks: _Tasks,
    scene: Scene,
    chosen: Sequence[Shot],
    timings: list[task_pb2.ShotTiming],
    lengths: tuple[Edge, ...],
) -> int:
    rate = tasks.production.options.rate
    cues = [
        task_pb2.EffectCue(
            kind=cue.kind.value, shot_index=index, offset_frames=_frames(_cue_ms(shot, cue), rate)
        )
        for index, shot in enumerate(chosen)
        for cue in shot.effects
    ]
    spec = task_pb2.EffectsSpec(
        rate=rate, ambiences=[ambience.value for ambience in scene.ambiences], cues=cues
    )
    seed = seed_of(tasks.production.project_id, "effects", scene.scene_id)
    return tasks.add(
        TaskKind.EFFECTS,
        f"scene {scene.ordinal} effects",
        {"effects": spec},
        lengths,
        seed=seed,
        timings=timings,
    )


def _cue_ms(shot: Shot, cue: EffectCue) -> int:
    return _expected_ms(shot) * cue.at_permille // 1000


def _segment_spec(production: Production, shots: list[_PlannedShot]) -> task_pb2.SegmentSpec:
    rate = production.options.rate
    return task_pb2.SegmentSpec(
        size=production.options.size,
        rate=rate,
        shots=[_segment_shot(index, planned.shot) for index, planned in enumerate(shots, start=1)],
        fade_in_frames=_frames(SCENE_FADE_MS, rate),
        fade_out_frames=_frames(SCENE_FADE_MS, rate),
        music_role="music",
        effects_role="effects",
    )


def _segment_shot(index: int, shot: Shot) -> task_pb2.SegmentShot:
    cues = [
        task_pb2.SpeechCue(role=f"shot-{index}-speech-{number}", character=line.character, text=line.text)
        for number, line in enumerate(shot.lines, start=1)
    ]
    return task_pb2.SegmentShot(shot_id=shot.shot_id, clip_role=f"clip-{index}", cues=cues)


def _add_film(tasks: _Tasks, breakdown: Breakdown, segments: list[tuple[int, str]]) -> None:
    production = tasks.production
    rate = production.options.rate
    has_cards = not is_selective(production.options.selection)
    roles = [f"segment-{index}" for index in range(1, len(segments) + 1)]
    spec = task_pb2.FilmSpec(
        title=breakdown.title or production.title,
        credit=breakdown.credit,
        author=breakdown.author,
        size=production.options.size,
        rate=rate,
        segments=[
            task_pb2.FilmSegment(role=role, heading=heading)
            for role, (_, heading) in zip(roles, segments, strict=True)
        ],
        loudness_target_millilufs=production.options.loudness_target_millilufs,
        title_card_frames=_frames(TITLE_CARD_MS, rate) if has_cards else 0,
        end_card_frames=_frames(END_CARD_MS, rate) if has_cards else 0,
        language=production.language,
    )
    edges = tuple(Edge(role, number) for role, (number, _) in zip(roles, segments, strict=True))
    tasks.add(TaskKind.FILM, "film", {"film": spec}, edges)
