"""The film's order: scenes and shots as the screenplay has them, with shots moved where an edit puts them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from studio_jobs.casting.entries import name_id
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot
from studio_jobs.timeline.edits import SHARED_KINDS, Place, ShotEdit, TimelineEdits, Transition
from studio_jobs.timeline.written import written_transition


@dataclass(frozen=True, slots=True)
class Take:
    """A shot where it shows; `scene` is the one that it was written in.

    `transition` is the joint after it, as edited or else as written; None is as the studio has it.
    """

    scene: Scene
    shot: Shot
    edit: ShotEdit
    transition: Transition | None = None

    @property
    def shot_id(self) -> str:
        """The shot's id."""
        return self.shot.shot_id


@dataclass(frozen=True, slots=True)
class ArrangedScene:
    """A scene with the takes that show in it, and the transition from the scene before, if there is one."""

    scene: Scene
    takes: tuple[Take, ...]
    transition_in: Transition | None

    @property
    def transition_out(self) -> Transition | None:
        """The transition into the next scene, if one is asked for."""
        return self.takes[-1].transition


class Stray(IntEnum):
    """Why an edit has no effect; the numbers are the contract's."""

    SHOT_GONE = 1
    SCENE_GONE = 2
    ANCHOR_GONE = 3
    LINE_GONE = 4
    EFFECT_GONE = 5
    NOTHING_FOLLOWS = 6
    CHARACTER_GONE = 7


@dataclass(frozen=True, slots=True)
class StrayEdit:
    """An edit that is kept, but has no effect on the film as it is: of which shot or scene, and what."""

    why: Stray
    subject: str
    detail: str = ""


def arrange(breakdown: Breakdown, edits: TimelineEdits, chosen: Collection[str]) -> tuple[ArrangedScene, ...]:
    """The scenes that show a chosen shot, in the film's order. Edits of what is not there have no effect."""
    ordered = [
        [take for take in takes if take.shot_id in chosen] for takes in ordered_takes(breakdown, edits)
    ]
    joints = joints_of([take for takes in ordered for take in takes], edits)
    arranged: list[ArrangedScene] = []
    for scene, takes in zip(breakdown.scenes, ordered, strict=True):
        shown = tuple(replace(take, transition=joints.get(take.shot_id)) for take in takes)
        if shown:
            before = arranged[-1].transition_out if arranged else None
            arranged.append(ArrangedScene(scene, shown, before))
    return tuple(arranged)


def joints_of(takes: Sequence[Take], edits: TimelineEdits) -> dict[str, Transition]:
    """The joints after these takes, which follow each other, by shot: as edited, or else as written.

    The last one can't turn into another.
    """
    found: dict[str, Transition] = {}
    for take, following in zip(takes, [*takes[1:], None], strict=True):
        joint = take.edit.transition
        if joint is None:
            joint = written_transition(take.shot, following.shot if following else None, edits)
        elif following is None and joint.kind in SHARED_KINDS:
            joint = None
        if joint is not None:
            found[take.shot_id] = joint
    return found


def ordered_takes(breakdown: Breakdown, edits: TimelineEdits) -> list[list[Take]]:
    """The takes of each scene of the breakdown in the film's order; none for a scene that lost its shots."""
    ordered = [
        [Take(scene, shot, edits.shot(shot.shot_id)) for shot in scene.shots] for scene in breakdown.scenes
    ]
    homes = {take.shot_id: takes for takes in ordered for take in takes}
    for place in sorted(edits.places, key=lambda place: place.number):
        if place.shot_id in homes and place.anchor_id in homes and place.shot_id != place.anchor_id:
            _move(homes, place)
    return ordered


def _move(homes: dict[str, list[Take]], place: Place) -> None:
    old, new = homes[place.shot_id], homes[place.anchor_id]
    moved = next(take for take in old if take.shot_id == place.shot_id)
    old.remove(moved)
    at = next(index for index, take in enumerate(new) if take.shot_id == place.anchor_id)
    new.insert(at if place.is_before else at + 1, moved)
    homes[place.shot_id] = new


def strays_of(breakdown: Breakdown, edits: TimelineEdits) -> tuple[StrayEdit, ...]:
    """The edits that have no effect on the film of this breakdown, each once."""
    return tuple(_strays(breakdown, edits))


def _strays(breakdown: Breakdown, edits: TimelineEdits) -> Iterator[StrayEdit]:
    shots = {shot.shot_id: shot for scene in breakdown.scenes for shot in scene.shots}
    scenes = {scene.scene_id for scene in breakdown.scenes}
    for shot_id, edit in edits.shots.items():
        if shot_id in shots:
            yield from _strays_of_shot(shots[shot_id], edit)
        else:
            yield StrayEdit(Stray.SHOT_GONE, shot_id)
    for scene_id in edits.scenes:
        if scene_id not in scenes:
            yield StrayEdit(Stray.SCENE_GONE, scene_id)
    for place in edits.places:
        if place.shot_id not in shots:
            yield StrayEdit(Stray.SHOT_GONE, place.shot_id, "place")
        elif place.anchor_id not in shots:
            yield StrayEdit(Stray.ANCHOR_GONE, place.shot_id, place.anchor_id)
    for subject in edits.brought:
        yield from _strays_of_media(subject, shots, scenes)
    last_id = [take.shot_id for takes in ordered_takes(breakdown, edits) for take in takes][-1]
    transition = edits.shot(last_id).transition
    if transition is not None and transition.kind in SHARED_KINDS:
        yield StrayEdit(Stray.NOTHING_FOLLOWS, last_id, transition.kind.name.lower())


def _strays_of_media(subject: str, shots: Mapping[str, Shot], scenes: Collection[str]) -> Iterator[StrayEdit]:
    owner, _, what = subject.rpartition("/")
    if what == "portrait":
        if owner not in {name_id(name) for shot in shots.values() for name in shot.people}:
            yield StrayEdit(Stray.CHARACTER_GONE, owner, what)
    elif what in ("music", "ambience"):
        if owner not in scenes:
            yield StrayEdit(Stray.SCENE_GONE, owner, what)
    elif owner not in shots:
        yield StrayEdit(Stray.SHOT_GONE, owner, what)
    elif what.startswith("line-") and int(what.removeprefix("line-")) > len(shots[owner].lines):
        yield StrayEdit(Stray.LINE_GONE, owner, what.removeprefix("line-"))


def _strays_of_shot(shot: Shot, edit: ShotEdit) -> Iterator[StrayEdit]:
    kinds = {cue.kind.value for cue in shot.effects}
    for number in edit.lines:
        if number > len(shot.lines):
            yield StrayEdit(Stray.LINE_GONE, shot.shot_id, str(number))
    for kind in edit.effects:
        if kind not in kinds:
            yield StrayEdit(Stray.EFFECT_GONE, shot.shot_id, kind)
