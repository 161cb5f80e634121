"""What became of each scene between two screenplays: kept, changed, moved, added or removed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from studio_jobs.screenplay.anchors import common
from studio_jobs.screenplay.elements import Element, Kind, Screenplay, Span
from studio_jobs.screenplay.headings import normalised
from studio_jobs.screenplay.likeness import Likeness
from studio_jobs.screenplay.scene_pairs import SceneWords, pair_scenes

# The share of words in common from which on two scenes under different headings are one.
_ALIKE_MIN = 0.35


class Fate(StrEnum):
    """What became of a scene."""

    UNCHANGED = "UNCHANGED"
    CHANGED = "CHANGED"
    MOVED = "MOVED"
    ADDED = "ADDED"
    REMOVED = "REMOVED"


@dataclass(frozen=True)
class SceneText:
    """A scene as it was written: its heading first; without one for what stands before the first heading."""

    ordinal: int
    elements: tuple[Element, ...]

    @property
    def heading(self) -> str:
        """The heading's text, or ""."""
        return self.elements[0].text if self.elements[0].kind is Kind.SCENE_HEADING else ""

    @property
    def number(self) -> str:
        """The writer's number, or the ordinal."""
        return self.elements[0].scene_number or str(self.ordinal)

    @property
    def span(self) -> Span:
        """From its first line to its last."""
        return self.elements[0].span.through(self.elements[-1].span)

    @cached_property
    def keys(self) -> tuple[Hashable, ...]:
        """What each element says, wherever it stands."""
        return tuple(map(_key, self.elements))

    @property
    def words(self) -> SceneWords:
        """Its heading, and who speaks and what stands in each element below it."""
        body = self.elements[1:] if self.heading else self.elements
        return normalised(self.heading), tuple((element.name, element.text) for element in body)


@dataclass(frozen=True, slots=True)
class LineChange:
    """Lines of the base and those that stand for them; None where lines were only added or taken away."""

    base: Span | None
    target: Span | None


@dataclass(frozen=True, slots=True)
class SceneChange:
    """What became of one scene; `base` is None for an added one, `target` for a removed one."""

    fate: Fate
    base: SceneText | None
    target: SceneText | None
    lines: tuple[LineChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Every scene of both screenplays, in the target's order; a removed one stands where it stood."""

    changes: tuple[SceneChange, ...]
    title_page_changed: bool


Pairs = dict[int, int]
"""Indices of the target's scenes by those of the base."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """What lies between two aligned elements: half-open ranges of both sides, one of them maybe empty."""

    base: slice
    target: slice


def differences(base: Screenplay, target: Screenplay) -> Difference:
    """Compare two screenplays by their elements, so lines that only slid are the same.

    A scene is known again by the rules by which its shots keep their ids.
    """
    ours, theirs = _scenes(base), _scenes(target)
    pairs = _pairs(ours, theirs)
    stayed = _in_place(pairs, len(ours), len(theirs))
    moved = {at: to for at, to in pairs.items() if at not in stayed}
    before, after = (
        [(entry.name.casefold(), entry.text) for entry in play.title_page] for play in (base, target)
    )
    return Difference(tuple(_in_order(ours, theirs, stayed, moved)), before != after)


def _scenes(screenplay: Screenplay) -> list[SceneText]:
    """Return the scenes; what stands before the first heading is one, too."""
    groups: list[list[Element]] = []
    for element in screenplay.elements:
        if element.kind is Kind.SCENE_HEADING or not groups:
            groups.append([])
        groups[-1].append(element)
    return [SceneText(ordinal, tuple(group)) for ordinal, group in enumerate(groups, start=1)]


def _pairs(ours: Sequence[SceneText], theirs: Sequence[SceneText]) -> Pairs:
    """Return which scene is which; those that only stand in one place, with nothing in common, are two."""
    likeness = Likeness()
    known = pair_scenes([scene.words for scene in ours], [scene.words for scene in theirs], likeness)
    return {at: to for to, at in known.items() if _is_one(ours[at].words, theirs[to].words, likeness)}


def _is_one(old: SceneWords, new: SceneWords, likeness: Likeness) -> bool:
    return old[0] == new[0] or likeness.of_texts(*(_text(scene) for scene in (old, new))) >= _ALIKE_MIN


def _text(scene: SceneWords) -> str:
    return "\n".join(text for _, text in scene[1])


def _in_place(pairs: Pairs, base_scenes: int, target_scenes: int) -> Pairs:
    """Return as many of the pairs as are in one order on both sides: the others have moved."""
    origins = {to: at for at, to in pairs.items()}
    # A new scene is unlike every other.
    order = [origins.get(to, -1 - to) for to in range(target_scenes)]
    return dict(common(range(base_scenes), order))


def _in_order(
    ours: Sequence[SceneText], theirs: Sequence[SceneText], stayed: Pairs, moved: Pairs
) -> Iterator[SceneChange]:
    origins = {to: at for at, to in moved.items()}
    base_next = target_next = 0
    for at, to in (*sorted(stayed.items()), (len(ours), len(theirs))):
        for gone in range(base_next, at):
            if gone not in moved:
                yield SceneChange(Fate.REMOVED, ours[gone], None)
        for new in range(target_next, to):
            yield _arrived(ours[origins[new]] if new in origins else None, theirs[new])
        if at < len(ours):
            yield _kept(ours[at], theirs[to])
        base_next, target_next = at + 1, to + 1


def _arrived(origin: SceneText | None, scene: SceneText) -> SceneChange:
    if origin is None:
        return SceneChange(Fate.ADDED, None, scene)
    return SceneChange(Fate.MOVED, origin, scene, _line_changes(origin, scene))


def _kept(before: SceneText, after: SceneText) -> SceneChange:
    lines = _line_changes(before, after)
    return SceneChange(Fate.CHANGED if lines else Fate.UNCHANGED, before, after, lines)


def _line_changes(before: SceneText, after: SceneText) -> tuple[LineChange, ...]:
    pairs = common(before.keys, after.keys)
    return tuple(
        LineChange(_span(before.elements[gap.base]), _span(after.elements[gap.target]))
        for gap in _gaps(pairs, len(before.keys), len(after.keys))
    )


def _gaps(pairs: Sequence[tuple[int, int]], base_length: int, target_length: int) -> Iterator[_Gap]:
    """Yield what lies between the pairs, and before and after them; never an empty gap."""
    base_next = target_next = 0
    for at, to in (*pairs, (base_length, target_length)):
        if at > base_next or to > target_next:
            yield _Gap(slice(base_next, at), slice(target_next, to))
        base_next, target_next = at + 1, to + 1


def _span(elements: Sequence[Element]) -> Span | None:
    """Return from the first line to the last; None for no elements."""
    if not elements:
        return None
    first = min(element.span.line_first for element in elements)
    last = max(element.span.line_last for element in elements)
    return Span(first, last)


def _key(element: Element) -> Hashable:
    text = " ".join(element.text.split())
    return (element.kind, element.name, text, element.extensions, element.dual, element.scene_number)
