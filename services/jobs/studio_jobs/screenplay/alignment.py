"""Identities that survive an edit: the shots of a breakdown matched with those of the revision before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from studio_jobs.screenplay.anchors import common
from studio_jobs.screenplay.headings import normalised
from studio_jobs.screenplay.likeness import Likeness
from studio_jobs.screenplay.scene_pairs import pair_scenes
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot


@dataclass(frozen=True, slots=True)
class ShotKey:
    """A shot's id, and by what it is known again: who speaks, and its words."""

    shot_id: str
    speaker: str
    text: str

    @property
    def words(self) -> tuple[str, str]:
        """What an unchanged shot has in common with its former self."""
        return self.speaker, self.text


@dataclass(frozen=True, slots=True)
class SceneKey:
    """A scene's id, its heading in the form of `normalised`, and its shots."""

    scene_id: str
    heading: str
    shots: tuple[ShotKey, ...]


def keys_of(breakdown: Breakdown) -> tuple[SceneKey, ...]:
    """Return what `align` needs to know of a breakdown when the next one comes."""
    return tuple(_key_of(scene) for scene in breakdown.scenes)


def _key_of(scene: Scene) -> SceneKey:
    heading = normalised(scene.heading)
    shots = (
        ShotKey(shot.shot_id, shot.lines[0].character if shot.lines else "", _text_of(shot) or heading)
        for shot in scene.shots
    )
    return SceneKey(scene.scene_id, heading, tuple(shots))


def _text_of(shot: Shot) -> str:
    return "\n".join(line.text for line in shot.lines) or shot.action


def align(previous: Sequence[SceneKey], breakdown: Breakdown) -> Breakdown:
    """Return the breakdown with the ids that its scenes and shots had in the previous revision.

    A shot keeps its id when its words stay, wherever it went, and when they were changed but it is clearly
    the same: in its place between its neighbours, with words in common. Of a shot that was split the first
    half keeps the id. Every other shot has the id of its words, or with another number when that one is
    taken. No two shots have one id; a breakdown equal to the previous one has the same ids.
    """
    if not previous:
        return breakdown
    matching = _Matching(previous, keys_of(breakdown))
    matching.match()
    shot_ids = _complete(
        [matching.kept.get(place) for place in matching.news],
        [shot.shot_id for scene in breakdown.scenes for shot in scene.shots],
        {shot.shot_id for scene in previous for shot in scene.shots},
    )
    scene_ids = _complete(
        matching.scene_ids(),
        [scene.scene_id for scene in breakdown.scenes],
        {scene.scene_id for scene in previous},
    )
    return replace(breakdown, scenes=tuple(_renamed(breakdown.scenes, scene_ids, iter(shot_ids))))


def _renamed(scenes: Iterable[Scene], scene_ids: Sequence[str], shot_ids: Iterator[str]) -> Iterator[Scene]:
    for scene, scene_id in zip(scenes, scene_ids, strict=True):
        shots = tuple(replace(shot, shot_id=next(shot_ids)) for shot in scene.shots)
        yield replace(scene, scene_id=scene_id, shots=shots)


def _complete(kept: Sequence[str | None], fresh: Sequence[str], spent: set[str]) -> list[str]:
    """Return the kept ids, and for each that has none its fresh one with the first number not spent."""
    taken = set(spent)
    found: list[str] = []
    ordinals: dict[str, int] = {}
    for known, new in zip(kept, fresh, strict=True):
        if known is None:
            stem, _, number = new.rpartition("-")
            ordinal = ordinals.get(stem, int(number))
            while f"{stem}-{ordinal}" in taken:
                ordinal += 1
            ordinals[stem] = ordinal + 1
            known = f"{stem}-{ordinal}"
            taken.add(known)
        found.append(known)
    return found


Place = tuple[int, int]
"""A shot by the indices of its scene and of itself within it, both from 0."""


@dataclass(slots=True)
class _Matching:
    """The work of one alignment: `kept` maps the place of a new shot to the id that it keeps."""

    old_scenes: Sequence[SceneKey]
    new_scenes: Sequence[SceneKey]
    kept: dict[Place, str] = field(default_factory=dict)
    pairs: Mapping[int, int] = field(default_factory=dict)
    _used: set[Place] = field(default_factory=set)
    _origins: dict[Place, Place] = field(default_factory=dict)

    @property
    def news(self) -> Iterator[Place]:
        """The places of all new shots in order."""
        return _places(self.new_scenes)

    def match(self) -> None:
        """Match scenes; then what stays in its scene, what moved, and what was changed in its place."""
        likeness = Likeness()
        self.pairs = pair_scenes(
            [(scene.heading, tuple(shot.words for shot in scene.shots)) for scene in self.old_scenes],
            [(scene.heading, tuple(shot.words for shot in scene.shots)) for scene in self.new_scenes],
            likeness,
        )
        anchors = {new: self._keep_in_place(old, new) for new, old in self.pairs.items()}
        self._keep_moved(by_heading=True)
        self._keep_moved(by_heading=False)
        for new, old in self.pairs.items():
            self._keep_changed(old, new, anchors[new], likeness)

    def scene_ids(self) -> list[str | None]:
        """The id that each new scene keeps: of its pair, when the heading or one of its shots stayed."""
        from_scenes = {(new[0], old[0]) for new, old in self._origins.items()}
        return [self._scene_id(new, self.pairs.get(new), from_scenes) for new in range(len(self.new_scenes))]

    def _scene_id(self, new: int, old: int | None, from_scenes: set[tuple[int, int]]) -> str | None:
        if old is None:
            return None
        stays = self.old_scenes[old].heading == self.new_scenes[new].heading or (new, old) in from_scenes
        return self.old_scenes[old].scene_id if stays else None

    def _keep(self, old: Place, new: Place) -> None:
        self._used.add(old)
        self._origins[new] = old
        self.kept[new] = self.old_scenes[old[0]].shots[old[1]].shot_id

    def _keep_in_place(self, old: int, new: int) -> list[tuple[int, int]]:
        anchors = common(
            [shot.words for shot in self.old_scenes[old].shots],
            [shot.words for shot in self.new_scenes[new].shots],
        )
        for i, j in anchors:
            self._keep((old, i), (new, j))
        return anchors

    def _keep_moved(self, *, by_heading: bool) -> None:
        """Match equal shots that are left, each to the next, of scenes with one heading or of any."""
        left: dict[tuple[str, ...], list[Place]] = {}
        for place in _places(self.old_scenes):
            if place not in self._used:
                left.setdefault(self._words(self.old_scenes, place, by_heading), []).append(place)
        for places in left.values():
            places.reverse()
        for place in self.news:
            candidates = place not in self.kept and left.get(self._words(self.new_scenes, place, by_heading))
            if candidates:
                self._keep(candidates.pop(), place)

    @staticmethod
    def _words(scenes: Sequence[SceneKey], place: Place, by_heading: bool) -> tuple[str, ...]:
        scene = scenes[place[0]]
        words = scene.shots[place[1]].words
        return (scene.heading, *words) if by_heading else words

    def _keep_changed(
        self, old: int, new: int, anchors: Sequence[tuple[int, int]], likeness: Likeness
    ) -> None:
        """Match the shots between two anchors of a pair of scenes by the likeness of their words."""
        olds, news = self.old_scenes[old].shots, self.new_scenes[new].shots
        i, j = 0, 0
        for i_next, j_next in (*anchors, (len(olds), len(news))):
            gap_olds = [at for at in range(i, i_next) if (old, at) not in self._used]
            gap_news = [at for at in range(j, j_next) if (new, at) not in self.kept]
            matches = likeness.best([olds[at].words for at in gap_olds], [news[at].words for at in gap_news])
            for a, b in matches:
                self._keep((old, gap_olds[a]), (new, gap_news[b]))
            i, j = i_next + 1, j_next + 1


def _places(scenes: Sequence[SceneKey]) -> Iterator[Place]:
    return ((scene, shot) for scene, key in enumerate(scenes) for shot in range(len(key.shots)))
