"""Which workspace a call is meant for, and what the caller is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from studio_gateway.api_keys import key_of
from studio_platform.errors import FieldViolation, InvalidInput, NotFound
from studio_platform.identity import Identity

WORKSPACE_HEADER = "x-film-workspace"
WORKSPACE_PREFIX = "workspaces/"


class Roles(Protocol):
    """Knows what users are in workspaces."""

    async def role_in(self, workspace_id: UUID, user_id: UUID) -> str | None:
        """The user's role there; None for a stranger."""
        ...


class Memberships:
    """The choice of a workspace by header. The role is looked up for each call, so that whoever was taken out
    is refused from the next one on; for a personal workspace the token's word is enough, as it can't change.
    """

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    async def chosen(self, identity: Identity, metadata: Mapping[str, str]) -> Identity:
        """The caller in the workspace that the header names, or else in the token's.

        Raises InvalidInput for a header that names none, NotFound where the caller is no member, and for an
        API key anywhere but in its own workspace.
        """
        wanted = metadata.get(WORKSPACE_HEADER, "")
        if not wanted:
            return identity
        workspace_id = _read(wanted)
        if str(workspace_id) == identity.workspace_id:
            return identity
        if key_of(identity) is not None:
            raise _stranger(workspace_id)
        return await self._there(identity, workspace_id)

    async def check(self, identity: Identity) -> None:
        """Raises NotFound once the caller is no member of the workspace any more."""
        await self._there(identity, UUID(identity.workspace_id))

    async def _there(self, identity: Identity, workspace_id: UUID) -> Identity:
        role = await self._roles.role_in(workspace_id, UUID(identity.user_id))
        if role is None:
            raise _stranger(workspace_id)
        return replace(identity, workspace_id=str(workspace_id), roles=frozenset({role}))


def _stranger(workspace_id: UUID) -> NotFound:
    name = f"{WORKSPACE_PREFIX}{workspace_id}"
    return NotFound("WORKSPACE_NOT_FOUND", f"{name} does not exist.", resource_name=name)


def _read(name: str) -> UUID:
    try:
        if name.startswith(WORKSPACE_PREFIX):
            return UUID(name.removeprefix(WORKSPACE_PREFIX))
    except ValueError:
        pass
    text = "must be the name of a workspace: workspaces/{uuid}"
    raise InvalidInput(
        "WORKSPACE_NAME_INVALID",
        f"The header {WORKSPACE_HEADER} {text}.",
        violations=(FieldViolation(WORKSPACE_HEADER, text),),
    )
