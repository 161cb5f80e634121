"""What is heard between scenes and under cards: room tones, J and L cuts of them, the title's sting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge
from studio_jobs.domain.keys import seed_of
from studio_jobs.domain.states import TaskKind
from studio_jobs.score import key_of, tempo_bpm
from studio_jobs.screenplay.headings import Place
from studio_jobs.screenplay.lexicon import Ambience, Mood
from studio_jobs.screenplay.scenes import Scene
from studio_jobs.screenplay.transitions import Opening
from studio_jobs.task_list import TaskList, frames_in
from studio_jobs.timeline.arrangement import ArrangedScene
from studio_jobs.timeline.edits import Transition, TransitionKind

TONE_MS = 8_000
LEAD_MS = 600
"""How long before a joint the next place is heard, and after it the last one."""

CUT_LEAD_MS = 300

_STUNG = frozenset({Mood.DARK, Mood.TENSE, Mood.MYSTERIOUS})


@dataclass(frozen=True, slots=True)
class FilmSound:
    """The room tones of a film's scenes, the sting of its title card, and the lengths of its cards in frames.

    `tones` are tasks, one a scene; `leads_ms` are those of the joint before each scene; 0 is none.
    """

    tones: Sequence[int] = ()
    leads_ms: Sequence[int] = ()
    sting: int = 0
    title_frames: int = 0
    closing_frames: int = 0
    with_mix: bool = False

    def ends(self, piece: range, segments: Sequence[task_pb2.FilmSegment], rate: task_pb2.Rate) -> PieceEnds:
        """What is heard at the ends of a piece of the film's scenes."""
        if not self.tones:
            return PieceEnds()
        first, last = piece[0], piece[-1]
        ends = PieceEnds("tone-first", "tone-last" if last > first else "tone-first")
        ends.edges += [Edge(role, self.tones[at]) for role, at in ends.own(first, last).items()]
        if first:
            self._beyond(ends, ends.start, segments[first - 1], first - 1, self.leads_ms[first], rate)
        elif self.title_frames:
            ends.start.card_frames = self.title_frames
            ends.start.music_role = "sting" if self.sting else ""
            ends.edges += [Edge("sting", self.sting)] if self.sting else []
        if last + 1 < len(segments):
            self._beyond(ends, ends.end, segments[last + 1], last + 1, self.leads_ms[last + 1], rate)
        elif self.closing_frames:
            ends.end.card_frames = self.closing_frames
        return ends

    def _beyond(
        self,
        ends: PieceEnds,
        end: task_pb2.SoundEnd,
        scene: task_pb2.FilmSegment,
        at: int,
        lead_ms: int,
        rate: task_pb2.Rate,
    ) -> None:
        """Let the scene on the other side of a joint be heard."""
        end.tone_role = "tone-before" if end is ends.start else "tone-after"
        end.lead_frames = end.tail_frames = frames_in(lead_ms, rate)
        end.effects_muted = scene.effects_muted
        end.effects_gain_millibels = scene.effects_gain_millibels
        ends.edges.append(Edge(end.tone_role, self.tones[at]))


@dataclass(slots=True)
class PieceEnds:
    """The ends of a piece, the roles of its first and last scenes' room tones, and all their inputs."""

    first_role: str = ""
    last_role: str = ""
    start: task_pb2.SoundEnd = field(default_factory=task_pb2.SoundEnd)
    end: task_pb2.SoundEnd = field(default_factory=task_pb2.SoundEnd)
    edges: list[Edge] = field(default_factory=list)

    def own(self, first: int, last: int) -> dict[str, int]:
        """Which scene's tone each role is."""
        return {self.first_role: first, self.last_role: last}


def add_film_sound(
    tasks: TaskList,
    scenes: Sequence[ArrangedScene],
    title_frames: int,
    closing_frames: int,
) -> FilmSound:
    """Append the room tones of these scenes, each once, and the sting of the title card.

    There is none without a title card, or where the first scene's music was brought.
    """
    if not tasks.makes(TaskKind.EFFECTS):
        return FilmSound()
    # Another's music has a key of its own.
    is_brought = bool(scenes) and tasks.production.music(scenes[0].scene) is not None
    known: dict[tuple[Ambience, ...], int] = {}
    for arranged in scenes:
        ground = _ground(tasks, arranged.scene)
        if ground not in known:
            known[ground] = _add_tone(tasks, ground)
    return FilmSound(
        [known[_ground(tasks, arranged.scene)] for arranged in scenes],
        [_lead_ms(arranged) for arranged in scenes],
        _add_sting(tasks, scenes[0].scene, title_frames) if title_frames and not is_brought else 0,
        title_frames,
        closing_frames,
    )


def _ground(tasks: TaskList, scene: Scene) -> tuple[Ambience, ...]:
    """What a scene sounds like throughout; of a brought ambience only the kind of place is known."""
    usual = (Ambience.AIR,) if scene.place is Place.EXT else (Ambience.ROOM_TONE,)
    is_brought = tasks.production.timeline.media(scene.scene_id, "ambience") is not None
    return usual if is_brought else scene.ambiences or usual


def _add_tone(tasks: TaskList, ground: Sequence[Ambience]) -> int:
    rate = tasks.production.options.rate
    spec = task_pb2.EffectsSpec(
        length_frames=frames_in(TONE_MS, rate), rate=rate, ambiences=[it.value for it in ground]
    )
    named = ", ".join(it.value.lower().replace("_", " ") for it in ground)
    seed = seed_of(tasks.production.project_id, "tone")
    return tasks.add(TaskKind.EFFECTS, f"ground of {named}", {"effects": spec}, seed=seed)


def _add_sting(tasks: TaskList, scene: Scene, title_frames: int) -> int:
    """The music of the title card, in the key and the mood of what follows it."""
    seed = seed_of(tasks.production.project_id, "score")
    is_stung = scene.mood in _STUNG
    spec = task_pb2.MusicSpec(
        mood=task_pb2.Mood.Value(f"MOOD_{scene.mood}"),
        length_frames=title_frames,
        rate=tasks.production.options.rate,
        intensity_permille=1000,
        tempo_bpm=tempo_bpm(seed, scene.mood),
        key=key_of(seed),
        opening=task_pb2.MUSIC_OPENING_STING if is_stung else task_pb2.MUSIC_OPENING_SHIMMER,
    )
    return tasks.add(TaskKind.MUSIC, "title sting", {"music": spec}, seed=seed)


def _lead_ms(arranged: ArrangedScene) -> int:
    """How long the places before and after the joint into a scene are heard over each other."""
    joint = arranged.transition_in
    if arranged.scene.opening is Opening.STING or _is_abrupt(joint):
        return 0
    return LEAD_MS if joint is None or joint.kind is not TransitionKind.CUT else CUT_LEAD_MS


def _is_abrupt(joint: Transition | None) -> bool:
    return joint is not None and joint.kind is TransitionKind.CUT_TO_BLACK
