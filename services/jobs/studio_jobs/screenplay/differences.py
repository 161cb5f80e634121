"""What became of each scene between two screenplays: kept, changed, moved, added or removed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from studio_jobs.screenplay.elements import Element, Kind, Screenplay, Span
from studio_jobs.screenplay.headings import normalised
from studio_jobs.screenplay.sequences import aligned, gaps

# From here on two scenes are one that was rewritten; an equal heading between the same scenes suffices.
_ALIKE_MIN = 0.35
_SAME_HEADING_BONUS = 0.35
# Above so many pairs of scenes their likeness is not measured: headings alone decide.
_COMPARISONS_MAX = 40_000


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

    @cached_property
    def words(self) -> Counter[str]:
        """Its words below the heading, and how often each."""
        body = self.elements[1:] if self.heading else self.elements
        return Counter(word for element in body for word in (element.name, *element.text.split()) if word)


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


def differences(base: Screenplay, target: Screenplay) -> Difference:
    """Compare two screenplays by their elements, so lines that only slid are the same."""
    ours, theirs = _scenes(base), _scenes(target)
    stayed = _stayed(ours, theirs)
    moved = _moved(ours, theirs, stayed)
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


def _stayed(ours: Sequence[SceneText], theirs: Sequence[SceneText]) -> Pairs:
    """Return the scenes that are in order: the equal ones, then between those the rewritten ones."""
    equal = aligned([scene.keys for scene in ours], [scene.keys for scene in theirs])
    known_here, known_there = {scene.keys for scene in ours}, {scene.keys for scene in theirs}
    pairs = dict(equal)
    for gap in gaps(equal, len(ours), len(theirs)):
        # One that has its equal elsewhere has moved there.
        left = [at for at in range(gap.base_first, gap.base_end) if ours[at].keys not in known_there]
        right = [at for at in range(gap.target_first, gap.target_end) if theirs[at].keys not in known_here]
        pairs.update(_rewritten(ours, theirs, left, right))
    return pairs


def _rewritten(
    ours: Sequence[SceneText], theirs: Sequence[SceneText], left: Sequence[int], right: Sequence[int]
) -> Pairs:
    """Return pairs of alike scenes, rising in both; of very many scenes those with equal headings."""
    if len(left) * len(right) > _COMPARISONS_MAX:
        found = aligned(
            [normalised(ours[at].heading) for at in left], [normalised(theirs[at].heading) for at in right]
        )
    else:
        found = _most_alike([[_likeness(ours[at], theirs[to]) for to in right] for at in left])
    return {left[at]: right[to] for at, to in found}


def _most_alike(likeness: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the rising pairs whose likenesses have the greatest sum; only those from _ALIKE_MIN on count."""
    rows, columns = len(likeness), len(likeness[0]) if likeness else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for at in range(rows - 1, -1, -1):
        for to in range(columns - 1, -1, -1):
            alike = likeness[at][to]
            paired = alike + best[at + 1][to + 1] if alike >= _ALIKE_MIN else 0.0
            best[at][to] = max(paired, best[at + 1][to], best[at][to + 1])
    pairs: list[tuple[int, int]] = []
    at = to = 0
    while at < rows and to < columns:
        if best[at][to] == best[at + 1][to]:
            at += 1
        elif best[at][to] == best[at][to + 1]:
            to += 1
        else:
            pairs.append((at, to))
            at, to = at + 1, to + 1
    return pairs


def _likeness(one: SceneText, other: SceneText) -> float:
    """Return from 0 to 1.35: the share of words that both have, and some for an equal heading."""
    total = one.words.total() + other.words.total()
    shared = 2 * (one.words & other.words).total() / total if total else 1.0
    return shared + (_SAME_HEADING_BONUS if normalised(one.heading) == normalised(other.heading) else 0.0)


def _moved(ours: Sequence[SceneText], theirs: Sequence[SceneText], stayed: Pairs) -> Pairs:
    """Return the scenes that stand elsewhere: the equal ones, then those alike under an equal heading."""
    taken = set(stayed.values())
    left = [at for at in range(len(ours)) if at not in stayed]
    right = [at for at in range(len(theirs)) if at not in taken]
    pairs: Pairs = {}
    waiting: dict[Hashable, deque[int]] = {}
    for to in right:
        waiting.setdefault(theirs[to].keys, deque()).append(to)
    for at in left:
        if places := waiting.get(ours[at].keys):
            pairs[at] = places.popleft()
    found = set(pairs.values())
    by_heading = {normalised(theirs[to].heading): to for to in reversed(right) if to not in found}
    for at in (at for at in left if at not in pairs):
        heading = normalised(ours[at].heading)
        to = by_heading.get(heading, -1)
        if to >= 0 and _likeness(ours[at], theirs[to]) >= _ALIKE_MIN + _SAME_HEADING_BONUS:
            pairs[at] = by_heading.pop(heading)
    return pairs


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
    pairs = aligned(before.keys, after.keys)
    return tuple(
        LineChange(
            _span(before.elements[gap.base_first : gap.base_end]),
            _span(after.elements[gap.target_first : gap.target_end]),
        )
        for gap in gaps(pairs, len(before.keys), len(after.keys))
    )


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
