"""Comments in Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from studio_jobs.owner import not_found
from studio_jobs.reviews.lines import line_text, moved
from studio_jobs.reviews.records import Comment, Filter, Place, comment
from studio_jobs.sql import SQL
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database, Queries
from studio_platform.errors import FieldViolation, InvalidInput, ResourceExhausted
from studio_platform.ids import new_id

COMMENTS_MAX = 10_000
REPLIES_MAX = 200
REVIEWS = Queries.load("studio_jobs.sql", "reviews.sql")
"""Statements that no loop uses."""


class Comments:
    """Each method is one transaction on rows of one workspace."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self,
        workspace: UUID,
        project_id: UUID,
        author: UUID,
        text: str,
        about: Place | UUID,
        request_id: UUID | None = None,
    ) -> Comment:
        """A comment on a place, or an answer to a comment; the one that the request made before, if any.

        Raises NotFound for a project, job, revision or comment that there is not, InvalidInput for a moment
        after the film's end and a line after the text's, ResourceExhausted.
        """
        async with self._database.transaction() as tx:
            project = await tx.fetchrow(SQL["lock_project"], workspace, project_id)
            if project is None:
                raise not_found(f"projects/{project_id}")
            known = await tx.fetchrow(REVIEWS["comment_by_request"], workspace, project_id, request_id)
            if known is not None:
                return comment(known)
            await _require_room(tx, workspace, project_id, about)
            place = Place() if isinstance(about, UUID) else about
            if place.job_id is not None:
                await _require_moment(tx, workspace, project_id, place)
            if place.revision is not None:
                number = place.revision or project["latest_revision"]
                place = await _read_line(tx, workspace, project_id, replace(place, revision=number))
            row = await tx.fetchrow(
                REVIEWS["insert_comment"],
                workspace,
                project_id,
                new_id(),
                about if isinstance(about, UUID) else None,
                author,
                text,
                place.job_id,
                place.at_ms,
                place.shot_id,
                place.revision,
                place.line,
                place.line_text,
                self._clock.now(),
                request_id,
            )
        return comment(row)

    async def page(
        self, workspace: UUID, project_id: UUID, wanted: Filter, after: UUID | None, most: int
    ) -> Sequence[Comment]:
        """Comments that answer none, the oldest first."""
        rows = await self._database.fetch(
            REVIEWS["comments_page"],
            workspace,
            project_id,
            after,
            wanted.shot_id,
            wanted.job_id,
            wanted.resolved,
            most,
        )
        return [comment(row) for row in rows]

    async def replies(self, workspace: UUID, project_id: UUID, parents: Sequence[UUID]) -> Sequence[Comment]:
        """The answers to comments, the oldest first."""
        if not parents:
            return []
        rows = await self._database.fetch(REVIEWS["replies"], workspace, project_id, list(parents))
        return [comment(row) for row in rows]

    async def current_lines(
        self, workspace: UUID, project_id: UUID, latest: int, comments: Sequence[Comment]
    ) -> Mapping[tuple[int, int], int]:
        """Where the lines of comments stand in the newest revision, by revision and line."""
        wanted: dict[int, set[int]] = {}
        for each in comments:
            if each.place.revision is not None and each.place.line is not None:
                wanted.setdefault(each.place.revision, set()).add(each.place.line)
        if not wanted:
            return {}
        numbers = [*wanted, latest]
        rows = await self._database.fetch(REVIEWS["texts_of_revisions"], workspace, project_id, numbers)
        texts = {row["number"]: bytes(row["content"]) for row in rows}
        return await asyncio.to_thread(_moved, texts, latest, wanted)

    async def resolve(
        self, workspace: UUID, project_id: UUID, comment_id: UUID, resolver: UUID, *, is_done: bool
    ) -> Comment | None:
        """Resolve a comment or open it again; None when there is no such one that answers none."""
        row = await self._database.fetchrow(
            REVIEWS["resolve_comment"],
            workspace,
            project_id,
            comment_id,
            is_done,
            self._clock.now(),
            resolver,
        )
        return None if row is None else comment(row)

    async def get(self, workspace: UUID, project_id: UUID, comment_id: UUID) -> Comment | None:
        """One comment."""
        row = await self._database.fetchrow(REVIEWS["comment"], workspace, project_id, comment_id)
        return None if row is None else comment(row)

    async def delete(self, workspace: UUID, project_id: UUID, comment_id: UUID, author: UUID | None) -> bool:
        """Delete a comment with its answers, an author's own (None: anybody's); whether there was one."""
        gone = await self._database.fetchval(
            REVIEWS["delete_comment"], workspace, project_id, comment_id, author
        )
        return gone is not None


def _moved(
    texts: Mapping[int, bytes], latest: int, wanted: Mapping[int, set[int]]
) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for number, lines in wanted.items():
        places = {line: line for line in lines} if number == latest else {}
        if number != latest and number in texts and latest in texts:
            places = dict(moved(texts[number], texts[latest], lines))
        found |= {(number, line): place for line, place in places.items()}
    return found


async def _require_room(tx: Connection, workspace: UUID, project_id: UUID, about: Place | UUID) -> None:
    """Raises ResourceExhausted, and NotFound for an answer to what is no comment or is an answer itself."""
    if await tx.fetchval(REVIEWS["count_comments"], workspace, project_id, COMMENTS_MAX) >= COMMENTS_MAX:
        raise ResourceExhausted("COMMENTS_TOO_MANY", f"A project has at most {COMMENTS_MAX} comments.")
    if not isinstance(about, UUID):
        return
    parent = await tx.fetchrow(REVIEWS["comment"], workspace, project_id, about)
    if parent is None or parent["parent_id"] is not None:
        raise not_found(f"projects/{project_id}/comments/{about}")
    if await tx.fetchval(REVIEWS["count_replies"], workspace, project_id, about, REPLIES_MAX) >= REPLIES_MAX:
        raise ResourceExhausted("REPLIES_TOO_MANY", f"A comment has at most {REPLIES_MAX} answers.")


async def _require_moment(tx: Connection, workspace: UUID, project_id: UUID, place: Place) -> None:
    job = await tx.fetchrow(SQL["job"], workspace, place.job_id)
    if job is None or job["project_id"] != project_id:
        raise not_found(f"jobs/{place.job_id}")
    length_ms = job["film_length_ms"]
    if length_ms and place.at_ms is not None and place.at_ms > length_ms:
        raise _bad("comment.film_time.at_ms", f"must not be after the film's end, {length_ms} ms")


async def _read_line(tx: Connection, workspace: UUID, project_id: UUID, place: Place) -> Place:
    """The place with what the line says."""
    revision = await tx.fetchrow(SQL["revision"], workspace, project_id, place.revision)
    if revision is None:
        raise not_found(f"projects/{project_id}/revisions/{place.revision}")
    text = line_text(bytes(revision["content"]), place.line or 1)
    if text is None:
        raise _bad("comment.script_line.line", "must be a line of the revision")
    return replace(place, line_text=text)


def _bad(field: str, text: str) -> InvalidInput:
    return InvalidInput("PLACE_INVALID", f"{field} {text}", violations=(FieldViolation(field, text),))
