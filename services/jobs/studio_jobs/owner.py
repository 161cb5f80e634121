"""Whose rows a call may see."""

from __future__ import annotations

from uuid import UUID

from studio_platform.errors import NotFound
from studio_platform.identity import current_identity


def current_workspace() -> UUID:
    """The caller's workspace."""
    return UUID(current_identity().workspace_id)


def current_author() -> UUID:
    """The caller, who edits."""
    return UUID(current_identity().user_id)


def not_found(name: str) -> NotFound:
    """The answer to a name that is unknown or another workspace's: the two look the same."""
    return NotFound("RESOURCE_NOT_FOUND", f"{name} does not exist.", resource_name=name)
