"""Which scene of a screenplay is which of the revision before, by heading and shots."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from studio_jobs.screenplay.anchors import common
from studio_jobs.screenplay.likeness import Likeness, Words

SceneWords = tuple[str, tuple[Words, ...]]
"""A scene's heading, and the words of its shots."""

_CANDIDATES_MAX = 8
"""How many scenes with the same heading, or with the same shot, are compared with one."""

_PAIR_LEAST = 0.2


def pair_scenes(olds: Sequence[SceneWords], news: Sequence[SceneWords], likeness: Likeness) -> dict[int, int]:
    """Return the index of the old scene for each new one that has one; none is given twice.

    Equal scenes first, in order and then moved; then those that share the most; then what is left alone
    between two pairs.
    """
    pairs = {new: old for old, new in common(olds, news)}
    _pair_equal(olds, news, pairs)
    _pair_alike(olds, news, pairs, likeness)
    _pair_left(olds, news, pairs)
    return dict(sorted(pairs.items()))


def _left(olds: Sequence[SceneWords], pairs: dict[int, int]) -> list[int]:
    used = set(pairs.values())
    return [old for old in range(len(olds)) if old not in used]


def _pair_equal(olds: Sequence[SceneWords], news: Sequence[SceneWords], pairs: dict[int, int]) -> None:
    places: dict[SceneWords, list[int]] = {}
    for old in reversed(_left(olds, pairs)):
        places.setdefault(olds[old], []).append(old)
    for new, scene in enumerate(news):
        if new not in pairs and places.get(scene):
            pairs[new] = places[scene].pop()


def _pair_alike(
    olds: Sequence[SceneWords], news: Sequence[SceneWords], pairs: dict[int, int], likeness: Likeness
) -> None:
    """Pair the scenes that share the most shots and words, the most alike first."""
    by_trait = _by_trait(olds, _left(olds, pairs))
    rated: list[tuple[float, int, int, int]] = []
    for new, scene in enumerate(news):
        if new not in pairs:
            for old in _candidates(scene, new, by_trait):
                score = _score(olds[old], scene, likeness)
                if score >= _PAIR_LEAST:
                    rated.append((-score, abs(old - new), new, old))
    used = set(pairs.values())
    for _, _, new, old in sorted(rated):
        if new not in pairs and old not in used:
            pairs[new] = old
            used.add(old)


def _by_trait(olds: Sequence[SceneWords], left: Iterable[int]) -> dict[object, list[int]]:
    by_trait: dict[object, list[int]] = {}
    for old in left:
        for trait in _traits(olds[old]):
            by_trait.setdefault(trait, []).append(old)
    return by_trait


def _traits(scene: SceneWords) -> Iterator[object]:
    yield scene[0]
    yield from dict.fromkeys(scene[1])


def _candidates(scene: SceneWords, new: int, by_trait: dict[object, list[int]]) -> list[int]:
    """Return the old scenes worth a look: a few that share the heading, and those that share a rare shot."""
    found: dict[int, None] = {}
    for trait in _traits(scene):
        sharing = by_trait.get(trait, [])
        if len(sharing) > _CANDIDATES_MAX:
            # They rise, so the nearest ones lie about the place of the new one.
            middle = bisect_left(sharing, new)
            first = max(0, min(middle - _CANDIDATES_MAX // 2, len(sharing) - _CANDIDATES_MAX))
            sharing = sharing[first : first + _CANDIDATES_MAX]
        found.update(dict.fromkeys(sharing))
    return list(found)


def _score(old: SceneWords, new: SceneWords, likeness: Likeness) -> float:
    """Return 0 to 3: the shares of shots and of words in common, and whether the heading stays."""
    shared = sum((Counter(old[1]) & Counter(new[1])).values())
    shots = 2 * shared / (len(old[1]) + len(new[1]))
    words = likeness.of_texts(_text(old), _text(new))
    return shots + words + (0.5 if old[0] == new[0] else 0.0)


def _text(scene: SceneWords) -> str:
    return "\n".join(text for _, text in scene[1])


def _pair_left(olds: Sequence[SceneWords], news: Sequence[SceneWords], pairs: dict[int, int]) -> None:
    """Pair an old and a new scene that stand alone between the same neighbours."""
    used = set(pairs.values())
    for new in range(len(news)):
        if new in pairs or (new + 1 < len(news) and new + 1 not in pairs):
            continue
        before = pairs.get(new - 1, -1) if new else -1
        after = pairs.get(new + 1, len(olds)) if new + 1 < len(news) else len(olds)
        if (new == 0 or new - 1 in pairs) and after - before == 2 and before + 1 not in used:
            pairs[new] = before + 1
            used.add(before + 1)
