"""Edits as the contract says them."""

from __future__ import annotations

import re
from uuid import UUID

from filmstudio.edits.v1 import edits_pb2
from studio_jobs.convert import bad_name, timestamp
from studio_jobs.edits.documents import Edit
from studio_platform.errors import FieldViolation, InvalidInput

_NAME = re.compile(r"projects/([0-9a-f-]{36})/edits/([1-9][0-9]{0,8})")


def edit_name(project_id: UUID, sequence: int) -> str:
    """projects/{uuid}/edits/{number}; empty for 0."""
    return f"projects/{project_id}/edits/{sequence}" if sequence else ""


def parse_edit_name(name: str, project_id: UUID, field: str) -> int:
    """The number of an edit of the project; 0 for no name. Raises InvalidInput that names the field."""
    if not name:
        return 0
    match = _NAME.fullmatch(name)
    if match is None:
        raise bad_name(field, "projects/{uuid}/edits/{number}")
    if match[1] != str(project_id):
        text = "must be an edit of the project"
        raise InvalidInput(
            "EDIT_OF_OTHER_PROJECT", f"{field} {text}", violations=(FieldViolation(field, text),)
        )
    return int(match[2])


def edit(project_id: UUID, entry: Edit) -> edits_pb2.Edit:
    """The resource of an edit."""
    return edits_pb2.Edit(
        name=edit_name(project_id, entry.sequence),
        action=edits_pb2.EditAction.Value(f"EDIT_ACTION_{entry.action.value}"),
        target=edit_name(project_id, entry.target),
        author=f"users/{entry.author}",
        summary=entry.summary,
        create_time=timestamp(entry.created_at),
        subjects=[edits_pb2.EditedSubject(kind=kind, id=subject) for kind, subject in entry.subjects],
        subject_count=entry.subject_count,
    )
