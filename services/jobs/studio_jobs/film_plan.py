"""From a breakdown to the graph of tasks: stills, clips, speech, music, effects, segments, the film."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from filmstudio.generation.v1 import task_pb2
from studio_jobs.casting.entries import recast
from studio_jobs.domain.graph import Edge, Plan, keyed
from studio_jobs.domain.states import TaskKind
from studio_jobs.edits.shots import retimed
from studio_jobs.film_looks import add_look
from studio_jobs.film_sound import add_film_sound
from studio_jobs.finishing import finish
from studio_jobs.library.brand_kits import credits_of_kit
from studio_jobs.lower_thirds import captioned
from studio_jobs.narration import told
from studio_jobs.outputs import Outputs, with_mix
from studio_jobs.plan_memory import FilmMemory, PlanMemory, Stretch
from studio_jobs.production import SHOTS_MAX, Production
from studio_jobs.scene_cuts import add_cut, blend_of, shared_frames
from studio_jobs.scene_tasks import SceneTasks, add_scene, add_still, expected_ms, portraits_of
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.scenes import Breakdown, Scene
from studio_jobs.selections import chosen_shots, is_selective
from studio_jobs.shot_specs import ShotSpecs
from studio_jobs.speech_overlaps import overlapped
from studio_jobs.storyboards import sheet_spec
from studio_jobs.table_reads import add_reading, as_written
from studio_jobs.task_list import TaskList, frames_in
from studio_jobs.timeline.arrangement import ArrangedScene, Take, arrange
from studio_jobs.timeline.locks import with_locked_lines

FILM_LENGTH_MAX_MS = 3 * 3600 * 1000
TITLE_CARD_MS = 3000
END_CARD_MS = 2500
CREDITS_CARD_MS = 3000
CREDITS_MAX = 200
CREDITS_A_PAGE = 8
"""As the composer lays them out."""


def build_plan(breakdown: Breakdown, production: Production, memory: PlanMemory | None = None) -> Plan:
    """The whole graph of the options' target, or of the part that they select.

    A selected shot is made as in the whole film. What `memory` has of the film's scenes is not worked out
    again. Raises ScreenplayRefused when the film has more shots or
    hours than a job may have, or lacks what is selected.
    """
    production = as_written(production)
    breakdown = told(retimed(breakdown, production.shots), production.options)
    _require_limits(breakdown)
    breakdown = recast(breakdown, production.casting.aliases)
    breakdown = with_locked_lines(breakdown, production.timeline.locks)
    breakdown = captioned(breakdown, production.options)
    chosen = chosen_shots(breakdown, production.options.selection)
    _require_quota(breakdown, chosen, production.shots_max)
    breakdown = overlapped(breakdown, production, chosen)
    tasks = TaskList(production, ShotSpecs(breakdown, production))
    scenes = arrange(breakdown, production.timeline, chosen)
    if tasks.makes(TaskKind.SHEET):
        _add_sheet(tasks, breakdown, scenes)
        return keyed(tasks.tasks)
    known = (memory or PlanMemory()).film(production, tasks.specs.looks)
    cutting = _Cutting(tasks, scenes, chosen, known)
    cuts = [cutting.add(arranged) for arranged in scenes]
    if tasks.makes(TaskKind.READING):
        add_reading(tasks, breakdown, scenes, cuts)
    else:
        _add_film(tasks, breakdown, scenes, cuts, cutting.made)
    plan = keyed(tasks.tasks, cutting.known)
    known.keep(plan, cutting.fresh)
    return replace(plan, obstacles=tuple(tasks.obstacles))


@dataclass(slots=True)
class _Cutting:
    """The cuts of a film's scenes, each after what it shows; `known` are keys and texts from before."""

    tasks: TaskList
    scenes: Sequence[ArrangedScene]
    chosen: Collection[str]
    memory: FilmMemory
    made: dict[str, SceneTasks] = field(default_factory=dict)
    known: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    fresh: list[Stretch] = field(default_factory=list)

    def add(self, arranged: ArrangedScene) -> int:
        """Append a scene's cut, and before it what it shows and nothing made before; the cut's number."""
        scene, homes = arranged.scene, _homes(arranged)
        if len(homes) > 1 or scene.scene_id in self.made:
            return self._add(arranged, homes)
        chosen = tuple(shot.shot_id for shot in scene.shots if shot.shot_id in self.chosen)
        found = self.memory.find(arranged, chosen)
        if found is not None:
            return self._add_known(found)
        first = len(self.tasks.tasks) + 1
        cut = self._add(arranged, homes)
        own = tuple(self.tasks.tasks[first - 1 :])
        self.fresh.append(Stretch(arranged, chosen, first, self.made[scene.scene_id], own))
        return cut

    def _add(self, arranged: ArrangedScene, homes: Sequence[Scene]) -> int:
        shown = {scene.scene.scene_id for scene in self.scenes}
        for home in homes:
            if home.scene_id not in self.made:
                shots = [shot for shot in home.shots if shot.shot_id in self.chosen]
                self.made[home.scene_id] = add_scene(
                    self.tasks, home, shots, with_music=home.scene_id in shown
                )
        return add_cut(self.tasks, arranged, self.made)

    def _add_known(self, found: Stretch) -> int:
        here = found.starting_at(len(self.tasks.tasks) + 1)
        self.made[here.arranged.scene.scene_id] = here.made
        self.tasks.tasks.extend(here.tasks)
        numbers = range(here.first, here.cut + 1)
        self.known.update(zip(numbers, zip(here.keys, here.texts, strict=True), strict=True))
        return here.cut


def _homes(arranged: ArrangedScene) -> Sequence[Scene]:
    """The scene, and those from which shots were moved into it."""
    homes: Mapping[str, Scene] = {arranged.scene.scene_id: arranged.scene} | {
        take.scene.scene_id: take.scene for take in arranged.takes
    }
    return list(homes.values())


def _require_limits(breakdown: Breakdown) -> None:
    shots = [shot for scene in breakdown.scenes for shot in scene.shots]
    if len(shots) > SHOTS_MAX:
        raise ScreenplayRefused(
            "TOO_MANY_SHOTS",
            f"The screenplay makes {len(shots)} shots; a job may have {SHOTS_MAX}.",
            "Render it in parts.",
            line=shots[SHOTS_MAX].span.line_first,
        )
    length_ms = sum(expected_ms(shot) for shot in shots)
    if length_ms > FILM_LENGTH_MAX_MS:
        raise ScreenplayRefused(
            "FILM_TOO_LONG",
            f"The film would be about {length_ms // 60_000} minutes; a job may make "
            f"{FILM_LENGTH_MAX_MS // 60_000}.",
            "Render it in parts.",
        )


def _require_quota(breakdown: Breakdown, chosen: frozenset[str], shots_max: int) -> None:
    """What was selected counts, so that a film past the quota can be made in parts."""
    shots = [shot for scene in breakdown.scenes for shot in scene.shots if shot.shot_id in chosen]
    if len(shots) > shots_max:
        raise ScreenplayRefused(
            "TOO_MANY_SHOTS",
            f"This makes {len(shots)} shots; a film of this workspace may have {shots_max}.",
            "Select fewer scenes or shots; an administrator can raise the limit.",
            line=shots[shots_max].span.line_first,
            field="options.selection",
        )


def _add_film(
    tasks: TaskList,
    breakdown: Breakdown,
    scenes: Sequence[ArrangedScene],
    cuts: Sequence[int],
    made: Mapping[str, SceneTasks],
) -> None:
    """Append the film, and after it its further outputs."""
    production, titles = tasks.production, tasks.production.timeline.titles
    rate = production.options.rate
    has_cards = not is_selective(production.options.selection)
    credits = _credits(production, scenes)
    segments = [
        _film_segment(production, f"segment-{index}", arranged, is_last=arranged is scenes[-1])
        for index, arranged in enumerate(scenes, start=1)
    ]
    look, kit = add_look(tasks, scenes, has_cards=has_cards), production.branding.kit
    end_card_ms = kit.end_card_ms if kit is not None and kit.end_card_ms else END_CARD_MS
    title_frames = frames_in(TITLE_CARD_MS, rate) if has_cards else 0
    end_frames = frames_in(end_card_ms, rate) if has_cards else 0
    credits_frames = frames_in(CREDITS_CARD_MS, rate) if has_cards and credits else 0
    pages = -(-len(credits) // CREDITS_A_PAGE)
    sound = add_film_sound(tasks, scenes, title_frames, end_frames + pages * credits_frames)
    finished = finish(tasks, segments, cuts, sound=with_mix(sound, production.options))
    end_title = titles.end_title or (kit.end_text if kit is not None else "")
    spec = task_pb2.FilmSpec(
        title=titles.title or breakdown.title or production.title,
        credit=titles.credit or breakdown.credit,
        author=titles.author or breakdown.author,
        size=production.options.size,
        rate=rate,
        segments=finished.segments,
        loudness_target_millilufs=production.options.loudness_target_millilufs,
        title_card_frames=title_frames,
        end_card_frames=end_frames,
        language=production.language,
        end_title=end_title if has_cards else "",
        credits=credits if has_cards else [],
        credits_card_frames=credits_frames,
        caption_style=look.caption_style,
        brand=look.brand,
    )
    tasks.add(TaskKind.FILM, "film", {"film": spec}, (*finished.edges, *look.edges))
    Outputs(tasks, scenes, made, segments, cuts, look.edges, sound).add_all(spec, finished)


def _credits(production: Production, scenes: Sequence[ArrangedScene]) -> list[str]:
    """The credits of the files that this film has, each once, in its order."""
    found: list[str] = []
    for arranged in scenes:
        scene_id = arranged.scene.scene_id
        music = production.music(arranged.scene)
        found += [music.credit] if music else []
        found += _credits_of(production, f"{scene_id}/ambience")
        for take in arranged.takes:
            lock = production.timeline.locks.get(take.shot_id)
            found += lock.credits if lock is not None else _credits_of_take(production, take)
    kit = production.branding.kit
    found += credits_of_kit(kit) if kit is not None else []
    return list(dict.fromkeys(found))[:CREDITS_MAX]


def _credits_of_take(production: Production, take: Take) -> list[str]:
    footage = f"{take.shot_id}/clip"
    picture = footage if footage in production.timeline.brought else f"{take.shot_id}/still"
    lines = range(1, len(take.shot.lines) + 1)
    is_drawn = not {footage, f"{take.shot_id}/still"} & production.timeline.brought.keys()
    seen = portraits_of(production, take.shot).values() if is_drawn else ()
    return [portrait.credit for portrait in seen] + _credits_of(
        production, picture, *(f"{take.shot_id}/line-{number}" for number in lines)
    )


def _credits_of(production: Production, *subjects: str) -> list[str]:
    brought = (production.timeline.brought.get(subject) for subject in subjects)
    return [media.credit for media in brought if media]


def _film_segment(
    production: Production, role: str, arranged: ArrangedScene, *, is_last: bool
) -> task_pb2.FilmSegment:
    edit = production.timeline.scene(arranged.scene.scene_id)
    joint = None if is_last else arranged.transition_out
    return task_pb2.FilmSegment(
        role=role,
        heading=arranged.scene.heading,
        crossfade_frames=shared_frames(joint, production.options.rate),
        blend=blend_of(joint),
        music_muted=edit.music.muted,
        music_gain_millibels=0 if edit.music.muted else edit.music.gain_millibels,
        effects_muted=edit.effects.muted,
        effects_gain_millibels=0 if edit.effects.muted else edit.effects.gain_millibels,
    )


def _add_sheet(tasks: TaskList, breakdown: Breakdown, scenes: Sequence[ArrangedScene]) -> None:
    """Append the stills in the film's order, and the sheet of them."""
    stills = [add_still(tasks, take.scene, take.shot) for scene in scenes for take in scene.takes]
    spec = sheet_spec(breakdown, tasks.production, scenes)
    edges = tuple(Edge(f"still-{index}", number) for index, number in enumerate(stills, start=1))
    tasks.add(TaskKind.SHEET, "storyboard", {"sheet": spec}, edges)
