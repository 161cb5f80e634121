"""Looking: groups of pictures decoded some at a time, each told when its turn comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import local

from studio_composer.inspection import Group, Looker
from studio_composer.shelf import Shelf
from studio_composer.splice import Reference
from studio_composer.stretches import GroupLook
from studio_media.picture import Planes

_AT_A_TIME = 2
# One more than are decoded, so that no decoder waits for a file to be read.
_GROUPS_HELD_MAX = 3

Look = tuple[GroupLook, Planes | None]


def looked_at(
    groups: Iterable[Group], reference: Reference, shelf: Shelf
) -> Iterator[tuple[Group, GroupLook, Planes | None]]:
    """Yield each group with what it shows, in their order; see Looker.look. Raises FilmFault."""
    own = local()

    def look(group: Group) -> Look:
        # A decoder is not for two threads.
        if not hasattr(own, "looker"):
            own.looker = Looker(reference, shelf)
        looker: Looker = own.looker
        return looker.look(group)

    coming: deque[tuple[Group, Future[Look]]] = deque()
    with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="look") as pool:
        try:
            for group in groups:
                coming.append((group, pool.submit(look, group)))
                if len(coming) == _GROUPS_HELD_MAX:
                    yield _told(*coming.popleft())
            while coming:
                yield _told(*coming.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _told(group: Group, look: Future[Look]) -> tuple[Group, GroupLook, Planes | None]:
    return (group, *look.result())
