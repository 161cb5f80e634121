"""Administrators in Postgres: the first by a secret, others by one of them."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from studio_gateway.account import ADMIN, Account
from studio_gateway.postgres_store import account_of
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database, Queries
from studio_platform.errors import FailedPrecondition, NotFound, PermissionDenied


class Admins:
    """Raises Unavailable when Postgres is away. Without a `secret` nobody becomes the first."""

    def __init__(self, database: Database, clock: Clock, secret: str) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._queries = {
            **Queries.load("studio_gateway", "sql/accounts.sql"),
            **Queries.load("studio_gateway", "sql/admin.sql"),
        }

    async def claim(self, user_id: UUID, secret: str) -> Account:
        """Makes the user an administrator by the secret, which works once. Raises PermissionDenied."""
        if not self._secret or not hmac.compare_digest(secret.encode(), self._secret.encode()):
            raise PermissionDenied("ADMIN_SECRET_WRONG", "This is not the secret of the studio's settings.")
        hashed = hashlib.sha256(secret.encode()).digest()
        async with self._database.transaction() as tx:
            spent = (f"admin-claimed-{hashed.hex()}", hashed)
            if await tx.fetchval(self._queries["spend_admin_secret"], *spent) is None:
                raise PermissionDenied("ADMIN_SECRET_USED", "This secret has made somebody an administrator.")
            await tx.fetchval(self._queries["set_user_role"], user_id, ADMIN)
            return await self._account(tx, user_id)

    async def set_role(self, user_id: UUID, role: str) -> Account:
        """Gives a user another role and ends their sessions.

        Raises NotFound, FailedPrecondition where no administrator would be left.
        """
        async with self._database.transaction() as tx:
            await tx.execute(self._queries["lock_admins"])
            await tx.fetchval(self._queries["set_user_role"], user_id, role)
            changed = await self._account(tx, user_id)
            if not await tx.fetchval(self._queries["has_admin"]):
                text = "A studio keeps at least one administrator: make another one first."
                raise FailedPrecondition("ADMIN_LAST", text)
            await tx.execute(self._queries["end_sessions"], user_id, self._clock.now())
            return changed

    async def users(self, after: UUID | None, limit: int) -> list[Account]:
        """A page of the accounts."""
        rows = await self._database.fetch(self._queries["users_page"], after, limit)
        return [account_of(row) for row in rows]

    async def _account(self, tx: Connection, user_id: UUID) -> Account:
        row = await tx.fetchrow(self._queries["account_by_id"], user_id)
        if row is None:
            name = f"users/{user_id}"
            raise NotFound("USER_NOT_FOUND", f"{name} does not exist.", resource_name=name)
        return account_of(row)
