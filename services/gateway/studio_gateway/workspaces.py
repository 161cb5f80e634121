"""Workspaces and their members in Postgres; every change of members holds the workspace's row."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from studio_platform.clock import Clock
from studio_platform.database import Connection, Database, Queries
from studio_platform.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, ResourceExhausted
from studio_platform.ids import new_id

OWNED_MAX = 100
MEMBERS_MAX = 1_000
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as one of its members sees it; `role` is that member's."""

    workspace_id: UUID
    display_name: str
    personal: bool
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a workspace."""

    user_id: UUID
    email: str
    display_name: str
    role: str
    created_at: datetime


class Workspaces:
    """Raises Unavailable when Postgres is away."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._queries = {
            **Queries.load("studio_gateway", "sql/accounts.sql"),
            **Queries.load("studio_gateway", "sql/workspaces.sql"),
        }

    async def role_in(self, workspace_id: UUID, user_id: UUID) -> str | None:
        """The user's role there; None for a stranger."""
        role: str | None = await self._database.fetchval(self._queries["role_in"], workspace_id, user_id)
        return role

    async def make(self, user_id: UUID, display_name: str, request_id: UUID | None = None) -> Workspace:
        """A new workspace of that owner, or the one that the request made before.

        Raises ResourceExhausted for an owner of OWNED_MAX, Aborted when that one was left meanwhile.
        """
        if request_id is not None and (known := await self._made_by(user_id, request_id)):
            return known
        owned = await self._database.fetchval(self._queries["owned_workspaces"], user_id, OWNED_MAX)
        if owned >= OWNED_MAX:
            raise ResourceExhausted(
                "WORKSPACES_TOO_MANY", f"You own {OWNED_MAX} workspaces, the most there can be."
            )
        made = Workspace(new_id(), display_name, personal=False, role=OWNER, created_at=self._clock.now())
        async with self._database.transaction() as tx:
            new = (made.workspace_id, display_name, made.created_at, user_id, request_id)
            if await tx.fetchval(self._queries["add_workspace"], *new) is not None:
                member = (made.workspace_id, user_id, OWNER, made.created_at)
                await tx.execute(self._queries["add_member"], *member)
                return made
        found = None if request_id is None else await self._made_by(user_id, request_id)
        if found is None:
            raise Aborted("WORKSPACE_LEFT", "You have left the workspace that this request made.")
        return found

    async def _made_by(self, user_id: UUID, request_id: UUID) -> Workspace | None:
        row = await self._database.fetchrow(self._queries["workspace_by_request"], user_id, request_id)
        return None if row is None else Workspace(**row)

    async def of(self, user_id: UUID, after: UUID | None, limit: int) -> list[Workspace]:
        """A page of the workspaces that the user is a member of."""
        rows = await self._database.fetch(self._queries["workspaces_of"], user_id, after, limit)
        return [Workspace(**row) for row in rows]

    async def members(self, workspace_id: UUID, after: UUID | None, limit: int) -> list[Member]:
        """A page of a workspace's members."""
        rows = await self._database.fetch(self._queries["members_page"], workspace_id, after, limit)
        return [Member(**row) for row in rows]

    async def add(self, workspace_id: UUID, email: str, role: str) -> Member:
        """Makes the account with an address (lower case) a member.

        Raises NotFound for an address without account, AlreadyExists for a member, ResourceExhausted.
        """
        account = await self._database.fetchrow(self._queries["account_by_email"], email)
        if account is None:
            raise NotFound("USER_NOT_FOUND", "Nobody with this e-mail address has an account here.")
        async with self._held(workspace_id) as (tx, _):
            counted = await tx.fetchrow(self._queries["count_members"], workspace_id)
            if counted is not None and counted["members"] >= MEMBERS_MAX:
                raise ResourceExhausted("MEMBERS_TOO_MANY", f"A workspace has at most {MEMBERS_MAX} members.")
            joined = (workspace_id, account["user_id"], role, self._clock.now())
            if await tx.fetchval(self._queries["join_workspace"], *joined) is None:
                raise AlreadyExists("MEMBER_EXISTS", "They are a member of this workspace already.")
            return await self._member(tx, workspace_id, account["user_id"])

    async def set_role(self, workspace_id: UUID, user_id: UUID, role: str) -> Member:
        """Gives a member another role. Raises NotFound, FailedPrecondition where no owner would be left."""
        async with self._held(workspace_id) as (tx, personal_of):
            await self._member(tx, workspace_id, user_id)
            await tx.execute(self._queries["set_role"], workspace_id, user_id, role)
            await self._require_owners(tx, workspace_id, personal_of)
            return await self._member(tx, workspace_id, user_id)

    async def remove(self, workspace_id: UUID, user_id: UUID) -> None:
        """Takes a member out. Raises NotFound, FailedPrecondition where no owner would be left."""
        async with self._held(workspace_id) as (tx, personal_of):
            await self._member(tx, workspace_id, user_id)
            await tx.execute(self._queries["leave_workspace"], workspace_id, user_id)
            await self._require_owners(tx, workspace_id, personal_of)

    @asynccontextmanager
    async def _held(self, workspace_id: UUID) -> AsyncIterator[tuple[Connection, UUID | None]]:
        """A transaction that holds the workspace, and whose own it is."""
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(self._queries["lock_workspace"], workspace_id)
            yield tx, None if row is None else row["personal_of"]

    async def _member(self, tx: Connection, workspace_id: UUID, user_id: UUID) -> Member:
        row: asyncpg.Record | None = await tx.fetchrow(self._queries["member"], workspace_id, user_id)
        if row is None:
            name = f"members/{user_id}"
            raise NotFound("MEMBER_NOT_FOUND", f"{name} does not exist.", resource_name=name)
        return Member(**row)

    async def _require_owners(self, tx: Connection, workspace_id: UUID, personal_of: UUID | None) -> None:
        counted = await tx.fetchrow(self._queries["count_members"], workspace_id)
        if counted is None or not counted["owners"]:
            raise FailedPrecondition(
                "OWNER_LAST", "A workspace keeps at least one owner: make another one first."
            )
        if personal_of is None:
            return
        if await tx.fetchval(self._queries["role_in"], workspace_id, personal_of) != OWNER:
            raise FailedPrecondition("WORKSPACE_PERSONAL", "A personal workspace keeps its person as owner.")
