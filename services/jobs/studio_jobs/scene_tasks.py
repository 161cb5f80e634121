"""The tasks of a scene as it was written: stills, clips and speech of its shots, its music and effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge, Uses
from studio_jobs.domain.keys import seed_of
from studio_jobs.domain.states import TaskKind
from studio_jobs.production import Production
from studio_jobs.score import key_of, tempo_bpm
from studio_jobs.screenplay.durations import pause_ms
from studio_jobs.screenplay.scenes import EffectCue, Scene, Shot
from studio_jobs.shot_specs import SceneSetting
from studio_jobs.task_list import TaskList, frames_in
from studio_jobs.timeline.locks import Brought, Lock, locked_timing

LEAD_MS = 300
GAP_MS = 250
TAIL_MS = 450
ANSWER_MS = 500
"""From the end of a line that goes on over a cut to the answer."""

SHOT_MIN_MS = 1500
SPEECH_MS_PER_WORD = 360
LISTENING_ENGINES = frozenset({"camera"})
"""Those of clips whose mouths follow the sound of speech, not only its length (docs/adr/0021)."""
PORTRAIT_DIGITS = 16
PORTRAYING_ENGINES = frozenset({"diffusers", "openai"})
"""Those of stills that are shown portraits of who is in them."""

MOUTHLESS_SIZES = frozenset({"INSERT"})


@dataclass(frozen=True, slots=True)
class PlannedShot:
    """A shot with its tasks; 0 for what the target has not."""

    shot: Shot
    still: int
    clip: int
    speeches: tuple[int, ...]

    def picture_edges(self, index: int) -> list[Edge]:
        """What a cut shows of it as its shot of this number: its clip, or else its still."""
        if self.clip:
            return [Edge(f"clip-{index}", self.clip)]
        return [Edge(f"still-{index}", self.still)] if self.still else []

    def speech_edges(self, prefix: str, uses: Uses = Uses.CONTENT) -> list[Edge]:
        """Its speeches under the roles "{prefix}speech-1" and on."""
        return [
            Edge(f"{prefix}speech-{line}", number, uses) for line, number in enumerate(self.speeches, start=1)
        ]


@dataclass(frozen=True, slots=True)
class SceneTasks:
    """What was made for a scene: its shots by id, in the order of its effects; 0 is no music, no effects."""

    shots: dict[str, PlannedShot]
    music: int
    effects: int


def add_scene(tasks: TaskList, scene: Scene, chosen: Sequence[Shot], *, with_music: bool) -> SceneTasks:
    """Append what the chosen shots of a scene are made of."""
    scenery = tasks.specs.scenery(scene)
    shots = [_add_shot(tasks, scene, tasks.specs.at(scenery, shot), shot) for shot in chosen]
    numbered = [(f"shot-{index}-", planned) for index, planned in enumerate(shots, start=1)]
    timings = [timing_in(tasks, planned.shot, prefix) for prefix, planned in numbered]
    lengths = tuple(
        edge for prefix, planned in numbered for edge in planned.speech_edges(prefix, Uses.LENGTH)
    )
    music = _add_music(tasks, scene, timings, lengths) if with_music else 0
    has_effects = tasks.makes(TaskKind.EFFECTS)
    effects = _add_effects(tasks, scene, chosen, timings, lengths) if has_effects else 0
    return SceneTasks({planned.shot.shot_id: planned for planned in shots}, music, effects)


def expected_ms(shot: Shot) -> int:
    """How long a shot is expected to be, before anything is spoken."""
    words = sum(len(line.text.split()) for line in shot.lines)
    pauses_ms = sum(pause_ms(line.parenthetical) for line in shot.lines)
    spoken = LEAD_MS + TAIL_MS + words * SPEECH_MS_PER_WORD + pauses_ms if shot.lines else 0
    return max(shot.edited_ms or max(SHOT_MIN_MS, shot.estimated_ms), spoken)


def least_ms(shot: Shot) -> int:
    """The least length of a shot; of a silent one, its length."""
    return shot.edited_ms or max(SHOT_MIN_MS, 0 if shot.lines else shot.estimated_ms)


def timing_in(tasks: TaskList, shot: Shot, prefix: str) -> task_pb2.ShotTiming:
    """The same as `timing_of`, made once for all tasks of a plan that ask for it."""
    key = shot.shot_id, prefix if shot.lines else ""
    if key not in tasks.timings:
        tasks.timings[key] = timing_of(tasks.production, shot, key[1])
    return tasks.timings[key]


def timing_of(production: Production, shot: Shot, prefix: str) -> task_pb2.ShotTiming:
    """The rule by which a shot's length follows its speeches, whose roles begin with the prefix."""
    rate = production.options.rate
    lock = production.timeline.locks.get(shot.shot_id)
    if lock is not None:
        return locked_timing(lock, prefix, rate)
    footage = production.timeline.media(shot.shot_id, "clip")
    roles = [f"{prefix}speech-{index}" for index in range(1, len(shot.lines) + 1)]
    first_pause_ms, *later_pauses_ms = [pause_ms(line.parenthetical) for line in shot.lines] or [0]
    return task_pb2.ShotTiming(
        lead_frames=frames_in(_lead_ms(shot) + first_pause_ms, rate) if roles else 0,
        gap_frames=frames_in(GAP_MS + max(later_pauses_ms), rate) if len(roles) > 1 else 0,
        tail_frames=frames_in(TAIL_MS, rate) if roles else 0,
        min_frames=frames_in(max(least_ms(shot), footage.kept.length_ms if footage else 0), rate),
        speech_roles=roles,
        simultaneous_roles=[role for role, line in zip(roles, shot.lines, strict=True) if line.dual],
        rate=rate,
        over_frames=frames_in(shot.heard_after_ms, rate) if roles else 0,
    )


def _lead_ms(shot: Shot) -> int:
    """Until the first word: who answers waits for the end of what is said over the cut."""
    return shot.heard_before_ms + ANSWER_MS if shot.heard_before_ms else LEAD_MS


def _add_shot(tasks: TaskList, scene: Scene, scenery: SceneSetting, shot: Shot) -> PlannedShot:
    production = tasks.production
    label = _label(scene, shot)
    if shot.shot_id in production.timeline.locks:
        return _add_locked_shot(tasks, label, scenery, shot, production.timeline.locks[shot.shot_id])
    footage = production.timeline.media(shot.shot_id, "clip") if tasks.makes(TaskKind.CLIP) else None
    # Nothing is made of the still of a shot whose clip somebody brought.
    has_still = tasks.makes(TaskKind.STILL) and not footage
    still = _add_still(tasks, label, scenery, shot) if has_still else 0
    speeches = tuple(_add_speech(tasks, label, shot, number) for number in range(1, len(shot.lines) + 1))
    if footage:
        clip = tasks.give(TaskKind.CLIP, f"{label} clip", footage.kept, shot)
        return PlannedShot(shot, still, clip, speeches)
    if not tasks.makes(TaskKind.CLIP):
        return PlannedShot(shot, still, 0, speeches)
    heard = _heard(tasks, label, shot)
    lengths = PlannedShot(shot, still, 0, speeches).speech_edges("", Uses.LENGTH)
    edges = [replace(edge, uses=Uses.CONTENT) if edge.role in heard else edge for edge in lengths]
    spec = tasks.specs.clip(scenery, shot)
    spec.speeches.extend(task_pb2.ClipSpeech(role=role) for role in heard)
    clip = tasks.add(
        TaskKind.CLIP,
        f"{label} clip",
        {"clip": spec},
        (Edge("still", still), *edges),
        seed=tasks.specs.take_seed(shot),
        pool=production.shot(shot.shot_id).settings.clip_pool,
        shot_id=shot.shot_id,
        span=shot.span,
        timings=[timing_in(tasks, shot, "")],
    )
    return PlannedShot(shot, still, clip, speeches)


def _heard(tasks: TaskList, label: str, shot: Shot) -> list[str]:
    """The roles of what a shot's clip listens to: the speaker's lines, where their drawn mouth is seen."""
    clip_pool = tasks.production.shot(shot.shot_id).settings.clip_pool
    pool = tasks.production.pool(TaskKind.CLIP, clip_pool, f"{label} clip")
    has_mouth = shot.speaker in shot.figures and shot.size not in MOUTHLESS_SIZES
    is_brought = tasks.production.timeline.media(shot.shot_id, "still")
    if pool.engine.engine not in LISTENING_ENGINES or not has_mouth or is_brought:
        return []
    return [
        f"speech-{number}"
        for number, line in enumerate(shot.lines, start=1)
        if line.character == shot.speaker
    ]


def add_still(tasks: TaskList, scene: Scene, shot: Shot) -> int:
    """Append the still of a shot, its locked one where it is locked; its number."""
    lock = tasks.production.timeline.locks.get(shot.shot_id)
    if lock is not None and lock.still is not None:
        return tasks.give(TaskKind.STILL, f"{_label(scene, shot)} still", lock.still, shot)
    scenery = tasks.specs.at(tasks.specs.scenery(scene), shot)
    return _add_still(tasks, _label(scene, shot), scenery, shot)


def _label(scene: Scene, shot: Shot) -> str:
    return f"scene {scene.ordinal} shot {shot.ordinal}"


def _add_still(tasks: TaskList, label: str, scenery: SceneSetting, shot: Shot) -> int:
    picture = tasks.production.timeline.media(shot.shot_id, "still")
    if picture:
        return tasks.give(TaskKind.STILL, f"{label} still", picture.kept, shot)
    spec = tasks.specs.still(scenery, shot)
    return tasks.add(
        TaskKind.STILL,
        f"{label} still",
        {"still": spec},
        _portrayed(tasks, scenery.scene, shot, spec),
        seed=tasks.specs.still_seed(scenery, shot),
        pool=tasks.production.shot(shot.shot_id).settings.still_pool,
        shot_id=shot.shot_id,
        span=shot.span,
    )


def portraits_of(production: Production, shot: Shot) -> dict[str, Brought]:
    """The brought portraits of who is in a shot, by name, where its still is drawn after them."""
    pool = production.pool(TaskKind.STILL, production.shot(shot.shot_id).settings.still_pool, shot.shot_id)
    if pool.engine.engine not in PORTRAYING_ENGINES:
        return {}
    found = ((name, production.portrait(name)) for name in shot.figures)
    return {name: brought for name, brought in found if brought is not None}


def _portrayed(tasks: TaskList, scene: Scene, shot: Shot, spec: task_pb2.StillSpec) -> tuple[Edge, ...]:
    """Portraits as inputs of a still, named in its spec by what they hold; each comes once in a scene."""
    edges: dict[str, Edge] = {}
    for name, brought in portraits_of(tasks.production, shot).items():
        key = scene.scene_id, brought.kept.digest
        if key not in tasks.portraits:
            label = f"scene {scene.ordinal} portrait of {name.title()}"
            tasks.portraits[key] = tasks.give(TaskKind.STILL, label, brought.kept)
        role = f"portrait-{brought.kept.digest[:PORTRAIT_DIGITS]}"
        edges[role] = Edge(role, tasks.portraits[key])
        next(figure for figure in spec.figures if figure.name == name).portrait = role
    return tuple(edges.values())


def _add_speech(tasks: TaskList, label: str, shot: Shot, number: int) -> int:
    line = shot.lines[number - 1]
    name = f"{label} {line.character.title()}"
    voice = tasks.production.timeline.media(shot.shot_id, f"line-{number}")
    if voice:
        return tasks.give(TaskKind.SPEECH, name, voice.kept, shot)
    return tasks.add(
        TaskKind.SPEECH, name, {"speech": tasks.specs.speech(line)}, shot_id=shot.shot_id, span=line.span
    )


def _add_locked_shot(
    tasks: TaskList, label: str, scenery: SceneSetting, shot: Shot, lock: Lock
) -> PlannedShot:
    still = _add_locked_still(tasks, label, scenery, shot, lock) if tasks.makes(TaskKind.STILL) else 0
    speeches = tuple(
        tasks.give(TaskKind.SPEECH, f"{label} {line.character.title()}", line.speech, shot)
        for line in lock.lines
    )
    has_clip = tasks.makes(TaskKind.CLIP)
    clip = tasks.give(TaskKind.CLIP, f"{label} clip", lock.clip, shot) if has_clip else 0
    return PlannedShot(shot, still, clip, speeches)


def _add_locked_still(tasks: TaskList, label: str, scenery: SceneSetting, shot: Shot, lock: Lock) -> int:
    if lock.still is not None:
        return tasks.give(TaskKind.STILL, f"{label} still", lock.still, shot)
    # A shot whose clip was brought has no still of its own where nothing shows one.
    return 0 if tasks.makes(TaskKind.CLIP) else _add_still(tasks, label, scenery, shot)


def _add_music(
    tasks: TaskList,
    scene: Scene,
    timings: list[task_pb2.ShotTiming],
    lengths: tuple[Edge, ...],
) -> int:
    brought = tasks.production.music(scene)
    if brought:
        return tasks.give(TaskKind.MUSIC, f"scene {scene.ordinal} music", brought.kept)
    seed = seed_of(tasks.production.project_id, "score")
    spec = task_pb2.MusicSpec(
        mood=task_pb2.Mood.Value(f"MOOD_{scene.mood}"),
        rate=tasks.production.options.rate,
        intensity_permille=1000,
        tempo_bpm=tempo_bpm(seed, scene.mood),
        key=key_of(seed),
        opening=task_pb2.MusicOpening.Value(f"MUSIC_OPENING_{scene.opening or 'UNSPECIFIED'}"),
    )
    return tasks.add(
        TaskKind.MUSIC, f"scene {scene.ordinal} music", {"music": spec}, lengths, seed=seed, timings=timings
    )


def _add_effects(
    tasks: TaskList,
    scene: Scene,
    chosen: Sequence[Shot],
    timings: list[task_pb2.ShotTiming],
    lengths: tuple[Edge, ...],
) -> int:
    cues = [cue for index, shot in enumerate(chosen) for cue in _effect_cues(tasks.production, shot, index)]
    brought = tasks.production.timeline.media(scene.scene_id, "ambience")
    spec = task_pb2.EffectsSpec(
        rate=tasks.production.options.rate,
        ambiences=[] if brought else [ambience.value for ambience in scene.ambiences],
        cues=cues,
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


def _effect_cues(production: Production, shot: Shot, index: int) -> list[task_pb2.EffectCue]:
    """The single sounds of a shot; muted ones are not made."""
    levels = production.timeline.shot(shot.shot_id).effects
    rate = production.options.rate
    return [
        task_pb2.EffectCue(
            kind=cue.kind.value,
            shot_index=index,
            offset_frames=frames_in(_cue_ms(shot, cue), rate),
            gain_millibels=levels[cue.kind.value].gain_millibels if cue.kind.value in levels else 0,
        )
        for cue in shot.effects
        if cue.kind.value not in levels or not levels[cue.kind.value].muted
    ]


def _cue_ms(shot: Shot, cue: EffectCue) -> int:
    return expected_ms(shot) * cue.at_permille // 1000
