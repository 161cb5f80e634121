"""Between reviews as they are kept and the messages of filmstudio.reviews.v1."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from filmstudio.reviews.v1 import reviews_pb2
from studio_jobs import convert
from studio_jobs.domain.states import TaskKind
from studio_jobs.reviews.records import Approval, Comment, Place

_COMMENT = re.compile(r"projects/([0-9a-f-]{36})/comments/([0-9a-f-]{36})")
_APPROVAL = re.compile(r"projects/([0-9a-f-]{36})/approvals/([0-9A-Za-z-]{1,100})")

Lines = Mapping[tuple[int, int], int]
"""Where lines stand in the newest revision, by revision and line."""


def parse_comment_name(name: str, field: str) -> tuple[UUID, UUID]:
    """Project and id of a comment's name. Raises InvalidInput that names the field."""
    form = "projects/{uuid}/comments/{uuid}"
    match = _COMMENT.fullmatch(name)
    if match is None:
        raise convert.bad_name(field, form)
    try:
        return UUID(match[1]), UUID(match[2])
    except ValueError:
        raise convert.bad_name(field, form) from None


def parse_approval_name(name: str) -> tuple[UUID, str]:
    """Project and shot of an approval's name. Raises InvalidInput."""
    form = "projects/{uuid}/approvals/{shot id}"
    match = _APPROVAL.fullmatch(name)
    if match is None:
        raise convert.bad_name("name", form)
    try:
        return UUID(match[1]), match[2]
    except ValueError:
        raise convert.bad_name("name", form) from None


def place_of(message: reviews_pb2.Comment) -> Place | None:
    """What a comment is about; None when it does not say."""
    match message.WhichOneof("place"):
        case "film_time":
            job_id = convert.parse_name(message.film_time.job, "jobs", "comment.film_time.job")
            return Place(job_id=job_id, at_ms=message.film_time.at_ms)
        case "shot":
            return Place(shot_id=message.shot)
        case "script_line":
            return Place(revision=message.script_line.revision, line=message.script_line.line)
        case _:
            return None


def comment(
    project_id: UUID, row: Comment, lines: Lines, replies: Sequence[Comment] = ()
) -> reviews_pb2.Comment:
    """A comment with its answers."""
    message = reviews_pb2.Comment(
        name=_comment_name(project_id, row.comment_id),
        parent=_comment_name(project_id, row.parent_id) if row.parent_id else "",
        text=row.text,
        author=f"users/{row.author}",
        create_time=convert.timestamp(row.created_at),
        replies=[comment(project_id, reply, lines) for reply in replies],
    )
    _write_place(message, row.place, lines)
    if row.resolved_at is not None:
        message.resolve_time.CopyFrom(convert.timestamp(row.resolved_at))
        message.resolver = f"users/{row.resolver}"
    return message


def approval(project_id: UUID, row: Approval) -> reviews_pb2.Approval:
    """A decision about a shot."""
    work = [
        reviews_pb2.ApprovedWork(kind=TaskKind(kind).name.lower(), content_key=key.hex())
        for kind, key in zip(row.made.kinds, row.made.content_keys, strict=True)
    ]
    return reviews_pb2.Approval(
        name=f"projects/{project_id}/approvals/{row.shot_id}",
        shot=row.shot_id,
        decision=reviews_pb2.Decision.Value(f"DECISION_{row.decision}"),
        job=convert.job_name(row.made.job_id) if row.made.job_id else "",
        work=work,
        outdated=row.outdated,
        locked=row.locked,
        note=row.note,
        author=f"users/{row.author}",
        decide_time=convert.timestamp(row.decided_at),
    )


def _comment_name(project_id: UUID, comment_id: UUID) -> str:
    return f"projects/{project_id}/comments/{comment_id}"


def _write_place(message: reviews_pb2.Comment, place: Place, lines: Lines) -> None:
    if place.job_id is not None:
        message.film_time.job = convert.job_name(place.job_id)
        message.film_time.at_ms = place.at_ms or 0
    elif place.shot_id is not None:
        message.shot = place.shot_id
    elif place.revision is not None and place.line is not None:
        message.script_line.revision = place.revision
        message.script_line.line = place.line
        message.script_line.text = place.line_text or ""
        message.script_line.current_line = lines.get((place.revision, place.line), 0)
