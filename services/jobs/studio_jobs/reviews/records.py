"""Comments and decisions, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """What a comment is about: a moment of a job's film, ms, a shot, or a line of a revision; or nothing."""

    job_id: UUID | None = None
    at_ms: int | None = None
    shot_id: str | None = None
    revision: int | None = None
    line: int | None = None
    line_text: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """One row of comments."""

    comment_id: UUID
    parent_id: UUID | None
    author: UUID
    text: str
    place: Place
    created_at: datetime
    resolved_at: datetime | None
    resolver: UUID | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which comments are meant: of a shot (empty: any), on a job's film, resolved or not (None: both)."""

    shot_id: str = ""
    job_id: UUID | None = None
    resolved: bool | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What a job made a shot of: kinds of tasks, their content keys, and the digests of what came of them."""

    job_id: UUID | None
    kinds: tuple[int, ...] = ()
    content_keys: tuple[bytes, ...] = ()
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """One row of approvals; `outdated` once the newest finished job made the shot of something else.

    `locked` as long as renders keep the shot as it is.
    """

    shot_id: str
    decision: str
    made: Made
    note: str
    author: UUID
    decided_at: datetime
    outdated: bool = False
    locked: bool = False


def comment(row: Any) -> Comment:
    """The dataclass of a row of comments."""
    place = Place(row["job_id"], row["at_ms"], row["shot_id"], row["revision"], row["line"], row["line_text"])
    return Comment(
        row["comment_id"],
        row["parent_id"],
        row["author"],
        row["text"],
        place,
        row["created_at"],
        row["resolved_at"],
        row["resolver"],
    )


def made(row: Any) -> Made:
    """What a row of approvals or of shots_made_last says of a shot's files."""
    return Made(
        row["job_id"], tuple(row["kinds"]), tuple(map(bytes, row["content_keys"])), tuple(row["digests"])
    )


def approval(row: Any, last: Made | None, *, locked: bool) -> Approval:
    """The dataclass of a row of approvals, with what the newest finished job made of the shot."""
    seen = made(row)
    outdated = last is not None and set(last.digests) != set(seen.digests)
    return Approval(
        row["shot_id"],
        row["decision"],
        seen,
        row["note"],
        row["author"],
        row["decided_at"],
        outdated=outdated,
        locked=locked,
    )


def replies_by_parent(rows: Sequence[Comment]) -> dict[UUID, list[Comment]]:
    """Answers by the comment that they answer, in their order."""
    found: dict[UUID, list[Comment]] = {}
    for row in rows:
        if row.parent_id is not None:
            found.setdefault(row.parent_id, []).append(row)
    return found
