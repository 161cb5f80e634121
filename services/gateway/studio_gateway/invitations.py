"""Invitations in Postgres: into a workspace, or to make an account; each for one person, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from studio_gateway.account import Account
from studio_gateway.lifetimes import Lifetime
from studio_gateway.postgres_store import insert_account
from studio_gateway.shown_once import SHOWN_AGAIN, derived, digest
from studio_gateway.workspaces import MEMBERS_MAX, Workspace
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database, Queries
from studio_platform.errors import (
    AlreadyExists,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
)
from studio_platform.ids import new_id

TOKEN_PREFIX = "join_"  # noqa: S105 - how tokens begin
NAME_PREFIX = "invitations/"
OPEN_MAX = 1_000
LIFETIME = Lifetime("invitation", timedelta(days=7), timedelta(days=30))
DERIVATION_SECRET = "invitation"  # noqa: S105 - the secret's name, not the secret


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation without its token; neither workspace nor role where it is for an account alone."""

    invitation_id: UUID
    workspace_id: UUID | None
    role: str | None
    email: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invitation to make; no end is LIFETIME's default from now."""

    workspace_id: UUID | None = None
    role: str | None = None
    email: str | None = None
    expires_at: datetime | None = None


class Invitations:
    """Raises Unavailable when Postgres is away. Tokens are derived as the secrets of API keys are."""

    def __init__(self, database: Database, clock: Clock, derivation_key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._derivation_key = derivation_key
        self._queries = {
            **Queries.load("studio_gateway", "sql/accounts.sql"),
            **Queries.load("studio_gateway", "sql/workspaces.sql"),
            **Queries.load("studio_gateway", "sql/invitations.sql"),
        }

    async def make(
        self, inviter: UUID, wanted: Wanted, request_id: UUID | None = None
    ) -> tuple[Invitation, str]:
        """A new invitation and its token.

        Raises InvalidInput, ResourceExhausted for a workspace with OPEN_MAX, AlreadyExists for a request id
        that was answered longer than SHOWN_AGAIN ago.
        """
        now = self._clock.now()
        made = Invitation(
            new_id(),
            wanted.workspace_id,
            wanted.role,
            wanted.email,
            now,
            LIFETIME.end(wanted.expires_at, now, "invitation.expire_time"),
        )
        if await self._add(inviter, made, request_id):
            return made, self._token(made.invitation_id)
        row = await self._database.fetchrow(self._queries["invitation_by_request"], inviter, request_id)
        if row is None or now - row["created_at"] > SHOWN_AGAIN:
            raise AlreadyExists("INVITATION_MADE", "This request made an invitation, whose token was shown.")
        return Invitation(**row), self._token(row["invitation_id"])

    async def of(self, workspace_id: UUID, after: UUID | None, limit: int) -> list[Invitation]:
        """A page of the workspace's open invitations."""
        asked = (workspace_id, self._clock.now(), after, limit)
        return [
            Invitation(**row) for row in await self._database.fetch(self._queries["invitations_of"], *asked)
        ]

    async def revoke(self, workspace_id: UUID, invitation_id: UUID) -> None:
        """Takes back an open invitation. Raises NotFound."""
        gone = await self._database.fetchval(self._queries["delete_invitation"], invitation_id, workspace_id)
        if gone is None:
            name = f"{NAME_PREFIX}{invitation_id}"
            raise NotFound("INVITATION_NOT_FOUND", f"{name} does not exist.", resource_name=name)

    async def require_open(self, token: str, email: str) -> None:
        """Raises PermissionDenied where the token lets that address (lower case) not in."""
        asked = (digest(token), self._clock.now(), email)
        if not await self._database.fetchval(self._queries["invitation_is_open"], *asked):
            raise _invalid()

    async def add_account(self, account: Account, token: str) -> bool:
        """Adds an account by an invitation, and makes it a member; False if the address is taken.

        Raises PermissionDenied when the invitation is none, over, or accepted by another.
        """
        async with self._database.transaction() as tx:
            if not await insert_account(tx, self._queries, account):
                return False
            row = await self._spend(tx, token, account.user_id, account.email)
            if row["workspace_id"] is not None:
                await self._join(tx, row["workspace_id"], account.user_id, row["role"])
            return True

    async def accept(self, token: str, account: Account) -> Workspace:
        """Makes the account a member; again changes nothing.

        Raises PermissionDenied when the invitation is none, over, accepted by another, or for an account
        alone.
        """
        async with self._database.transaction() as tx:
            row = await self._spend(tx, token, account.user_id, account.email)
            if row["workspace_id"] is None:
                raise _invalid()
            await self._join(tx, row["workspace_id"], account.user_id, row["role"])
            found = await tx.fetchrow(self._queries["workspace_of"], row["workspace_id"], account.user_id)
            if found is None:
                raise _invalid()
            return Workspace(**found)

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Removes at most `limit` invitations that ended before then; how many."""
        tag = await self._database.execute(self._queries["delete_expired_invitations"], before, limit)
        return int(tag.rpartition(" ")[2])

    async def _spend(self, tx: Connection, token: str, user_id: UUID, email: str) -> dict[str, object]:
        spent = (digest(token), user_id, self._clock.now(), email)
        row = await tx.fetchrow(self._queries["accept_invitation"], *spent)
        if row is None:
            raise _invalid()
        return dict(row)

    async def _join(self, tx: Connection, workspace_id: object, user_id: UUID, role: object) -> None:
        await tx.fetchrow(self._queries["lock_workspace"], workspace_id)
        counted = await tx.fetchrow(self._queries["count_members"], workspace_id)
        if counted is not None and counted["members"] >= MEMBERS_MAX:
            raise ResourceExhausted("MEMBERS_TOO_MANY", f"A workspace has at most {MEMBERS_MAX} members.")
        await tx.execute(self._queries["join_workspace"], workspace_id, user_id, role, self._clock.now())

    async def _add(self, inviter: UUID, made: Invitation, request_id: UUID | None) -> bool:
        async with self._database.transaction() as tx:
            if made.workspace_id is not None:
                await tx.fetchrow(self._queries["lock_workspace"], made.workspace_id)
                asked = (made.workspace_id, made.created_at, OPEN_MAX)
                if await tx.fetchval(self._queries["count_invitations"], *asked) >= OPEN_MAX:
                    text = f"{OPEN_MAX} invitations into this workspace are open; take some back first."
                    raise ResourceExhausted("INVITATIONS_TOO_MANY", text)
            row = (
                made.invitation_id,
                inviter,
                made.workspace_id,
                made.role,
                made.email,
                digest(self._token(made.invitation_id)),
                request_id,
                made.created_at,
                made.expires_at,
            )
            return await tx.fetchval(self._queries["add_invitation"], *row) is not None

    def _token(self, invitation_id: UUID) -> str:
        return derived(TOKEN_PREFIX, self._derivation_key, invitation_id)


def _invalid() -> PermissionDenied:
    text = "The invitation is unknown, over, for somebody else, or was accepted."
    return PermissionDenied("INVITATION_INVALID", text)
