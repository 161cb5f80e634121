"""Edits of shots and their takes, through the log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from uuid import UUID

from studio_jobs.edits.documents import Document
from studio_jobs.edits.kinds import DocumentKind
from studio_jobs.edits.shots import (
    FIRST_TAKE,
    SHOT_KIND,
    TAKE_KIND,
    TAKES_MAX,
    ShotEdit,
    TakeSettings,
    read_chosen,
    read_take,
    take_subject,
    write_chosen,
    write_take,
)
from studio_jobs.owner import not_found
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.editing import Editing, stale_document
from studio_platform.errors import FailedPrecondition

ETAG_CHARACTERS = 16

ChangeSettings = Callable[[TakeSettings], TakeSettings]


class ChosenTakeKind(DocumentKind):
    """Which take of a shot the film has."""

    name = SHOT_KIND


class TakeKind(DocumentKind):
    """The settings of a take."""

    name = TAKE_KIND


class ShotEdits:
    """Each method is one edit; `label` is what the history calls the shot.

    All raise NotFound without the project, and Aborted when the shot's etag is another ("": any).
    """

    def __init__(self, log: EditLog) -> None:
        self._log = log

    async def update(
        self, owner: tuple[UUID, UUID, UUID], shot_id: str, label: str, change: ChangeSettings, etag: str
    ) -> None:
        """Change the settings of the chosen take; `owner` is workspace, project and author."""
        async with self._log.editing(*owner) as editing:
            chosen, take = await _chosen(editing, shot_id, etag)
            before = read_take(take.content)
            after = change(before)
            summary = f"{label}: {_words(_differing(before, after))}"
            await editing.write(TAKE_KIND, take.subject, write_take(chosen, after), summary)

    async def retake(
        self, owner: tuple[UUID, UUID, UUID], shot_id: str, label: str, change: ChangeSettings, etag: str
    ) -> None:
        """Add a take with the chosen one's settings, without its seed, changed; choose it.

        Raises FailedPrecondition when the shot has had all the takes that it may have.
        """
        async with self._log.editing(*owner) as editing:
            _, take = await _chosen(editing, shot_id, etag)
            before = read_take(take.content)
            after = change(TakeSettings(**{**before.fields, "seed": 0}))
            number = await _unused_number(editing, shot_id)
            differing = [name for name in _differing(before, after) if name != "seed" or after.seed]
            summary = f"{label}: take {number}" + (f", {_words(differing)}" if differing else "")
            subject = take_subject(shot_id, number)
            await editing.write(TAKE_KIND, subject, write_take(number, after), summary)
            await editing.write(SHOT_KIND, shot_id, write_chosen(number), summary)

    async def choose(
        self, owner: tuple[UUID, UUID, UUID], shot_id: str, label: str, number: int, etag: str
    ) -> None:
        """Make a take the film's. Raises NotFound when there is no such one."""
        async with self._log.editing(*owner) as editing:
            await _chosen(editing, shot_id, etag)
            take = await editing.read(TAKE_KIND, take_subject(shot_id, number))
            if number != FIRST_TAKE and not take.content:
                raise not_found(f"projects/{owner[1]}/shots/{shot_id}/takes/{number}")
            await editing.write(SHOT_KIND, shot_id, write_chosen(number), f"{label}: take {number} chosen")


def etag_of(edit: ShotEdit) -> str:
    """Changes with the chosen take and its settings."""
    return _etag(edit.chosen, write_take(edit.chosen, edit.settings))


def _etag(chosen: int, take: bytes) -> str:
    return hashlib.sha256(b"%d:%b" % (chosen, take)).hexdigest()[:ETAG_CHARACTERS]


async def _chosen(editing: Editing, shot_id: str, etag: str) -> tuple[int, Document]:
    """The number and the document of the chosen take."""
    number = read_chosen((await editing.read(SHOT_KIND, shot_id)).content)
    take = await editing.read(TAKE_KIND, take_subject(shot_id, number))
    if etag and etag != _etag(number, take.content):
        raise stale_document()
    return number, take


async def _unused_number(editing: Editing, shot_id: str) -> int:
    """The first number that no take was given, even one that was undone: its seed was seen already."""
    for number in range(FIRST_TAKE + 1, TAKES_MAX + 1):
        if not (await editing.read(TAKE_KIND, take_subject(shot_id, number))).sequence:
            return number
    raise FailedPrecondition(
        "TOO_MANY_TAKES", f"A shot has at most {TAKES_MAX} takes; edit one of them instead."
    )


def _differing(before: TakeSettings, after: TakeSettings) -> list[str]:
    return [name for name in TakeSettings.__slots__ if getattr(before, name) != getattr(after, name)]


def _words(names: Collection[str]) -> str:
    return ", ".join(name.removesuffix("_ms").replace("_", " ") for name in names)
