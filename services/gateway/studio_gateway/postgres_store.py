"""The account store on Postgres."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from studio_gateway.account import Account, RefreshToken, StoredKey
from studio_platform.database import Connection, Database, Queries


class PostgresAccountStore:
    """Accounts in the schema `gateway`; raises Unavailable when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = Queries.load("studio_gateway", "sql/accounts.sql")

    async def add_account(self, account: Account) -> bool:
        """Adds user, workspace and membership in one transaction; False if the address is taken."""
        async with self._database.transaction() as connection:
            return await insert_account(connection, self._queries, account)

    async def account_by_email(self, email: str) -> Account | None:
        """The account with that address, unless disabled."""
        row = await self._database.fetchrow(self._queries["account_by_email"], email)
        return None if row is None else account_of(row)

    async def account_by_id(self, user_id: UUID) -> Account | None:
        """The account of that user, unless disabled."""
        row = await self._database.fetchrow(self._queries["account_by_id"], user_id)
        return None if row is None else account_of(row)

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """Replaces the hash."""
        await self._database.execute(self._queries["set_password_hash"], user_id, password_hash)

    async def change_password(
        self, user_id: UUID, password_hash: str, kept_session: UUID, now: datetime
    ) -> None:
        """Replaces the hash and ends the other sessions, in one transaction."""
        async with self._database.transaction() as connection:
            await connection.execute(self._queries["set_password_hash"], user_id, password_hash)
            await connection.execute(self._queries["revoke_other_families_of"], user_id, now, kept_session)

    async def begin_session(
        self, family_id: UUID, user_id: UUID, digest: bytes, now: datetime, expires_at: datetime
    ) -> None:
        """Adds a session with its first refresh token, in one transaction."""
        async with self._database.transaction() as connection:
            await connection.execute(self._queries["add_family"], family_id, user_id, now)
            await connection.execute(self._queries["add_refresh_token"], digest, family_id, now, expires_at)

    async def rotate(
        self, digest: bytes, successor: bytes, now: datetime, expires_at: datetime
    ) -> UUID | None:
        """The conditional UPDATE decides who wins; the winner adds the successor before the commit."""
        async with self._database.transaction() as connection:
            family_id: UUID | None = await connection.fetchval(
                self._queries["spend_refresh_token"], digest, now
            )
            if family_id is not None:
                token = (successor, family_id, now, expires_at)
                await connection.execute(self._queries["add_refresh_token"], *token)
            return family_id

    async def refresh_token(self, digest: bytes) -> RefreshToken | None:
        """The token with that digest."""
        row = await self._database.fetchrow(self._queries["refresh_token"], digest)
        if row is None:
            return None
        return RefreshToken(
            row["family_id"], row["user_id"], row["expires_at"], row["spent_at"], row["revoked_at"]
        )

    async def revoke_session(self, family_id: UUID, now: datetime) -> None:
        """Ends the session."""
        await self._database.execute(self._queries["revoke_family"], family_id, now)

    async def revoke_sessions_of(self, user_id: UUID, now: datetime) -> None:
        """Ends every session of the user."""
        await self._database.execute(self._queries["revoke_families_of"], user_id, now)

    async def session_is_live(self, family_id: UUID) -> bool:
        """True until the session is revoked or its user disabled."""
        return bool(await self._database.fetchval(self._queries["session_is_live"], family_id))

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Removes refresh tokens that ended before then."""
        tag = await self._database.execute(self._queries["delete_expired_tokens"], before, limit)
        return int(tag.rpartition(" ")[2])

    async def signing_keys(self) -> list[StoredKey]:
        """The keys in use, the newest first."""
        rows = await self._database.fetch(self._queries["signing_keys"])
        return [StoredKey(row["kid"], row["private_key"], row["created_at"]) for row in rows]

    async def add_signing_key(self, key: StoredKey, unless_newer_than: datetime) -> None:
        """Adds the key unless one was made after that moment."""
        added = (key.kid, key.private_bytes, key.created_at, unless_newer_than)
        await self._database.execute(self._queries["add_signing_key"], *added)

    async def retire_signing_keys(self, made_before: datetime, now: datetime) -> None:
        """Publishes no longer the keys made before then, but for the newest of all."""
        await self._database.execute(self._queries["retire_signing_keys"], made_before, now)

    async def secret(self, name: str, candidate: bytes) -> bytes:
        """The secret of that name; the first candidate stored wins."""
        await self._database.execute(self._queries["add_secret"], name, candidate)
        value: bytes = await self._database.fetchval(self._queries["secret"], name)
        return value


async def insert_account(connection: Connection, queries: Mapping[str, str], account: Account) -> bool:
    """Adds user, workspace and membership by accounts.sql; False if the address is taken."""
    added = await connection.fetchval(
        queries["add_user"],
        account.user_id,
        account.email,
        account.display_name,
        account.password_hash,
        account.created_at,
    )
    if added is None:
        return False
    workspace_id, user_id = account.workspace_id, account.user_id
    workspace = (workspace_id, account.display_name, user_id, account.created_at)
    await connection.execute(queries["add_personal_workspace"], *workspace)
    member = (workspace_id, user_id, account.role, account.created_at)
    await connection.execute(queries["add_member"], *member)
    return True


def account_of(row: asyncpg.Record) -> Account:
    """A row of account_by_email or its like."""
    return Account(
        user_id=row["user_id"],
        workspace_id=row["workspace_id"],
        email=row["email"],
        display_name=row["display_name"],
        password_hash=row["password_hash"],
        created_at=row["created_at"],
        role=row["role"],
        studio_role=row["studio_role"],
    )
