"""The account store's twin in memory, for unit tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from studio_gateway.account import Account, RefreshToken, StoredKey


class MemoryAccountStore:
    """Behaves as the one on Postgres; one event loop only."""

    def __init__(self) -> None:
        self._accounts: dict[UUID, Account] = {}
        self._families: dict[UUID, tuple[UUID, datetime | None]] = {}
        self._tokens: dict[bytes, tuple[UUID, datetime, datetime | None]] = {}
        self._keys: list[StoredKey] = []
        self._secrets: dict[str, bytes] = {}

    async def add_account(self, account: Account) -> bool:
        """False if the address is taken."""
        if await self.account_by_email(account.email) is not None:
            return False
        self._accounts[account.user_id] = account
        return True

    async def account_by_email(self, email: str) -> Account | None:
        """The account with that address."""
        return next((one for one in self._accounts.values() if one.email == email), None)

    async def account_by_id(self, user_id: UUID) -> Account | None:
        """The account of that user."""
        return self._accounts.get(user_id)

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """Replaces the hash."""
        if user_id in self._accounts:
            self._accounts[user_id] = replace(self._accounts[user_id], password_hash=password_hash)

    async def change_password(
        self, user_id: UUID, password_hash: str, kept_session: UUID, now: datetime
    ) -> None:
        """Replaces the hash and ends the other sessions."""
        await self.set_password_hash(user_id, password_hash)
        for family_id, (owner_id, _) in list(self._families.items()):
            if owner_id == user_id and family_id != kept_session:
                await self.revoke_session(family_id, now)

    async def begin_session(
        self,
        family_id: UUID,
        user_id: UUID,
        digest: bytes,
        now: datetime,  # noqa: ARG002 - the port's; nothing here asks when a session began
        expires_at: datetime,
    ) -> None:
        """Adds a session with its first refresh token."""
        self._families[family_id] = (user_id, None)
        self._tokens[digest] = (family_id, expires_at, None)

    async def rotate(
        self, digest: bytes, successor: bytes, now: datetime, expires_at: datetime
    ) -> UUID | None:
        """Spends `digest` and adds `successor`; None if it was spent, over or revoked."""
        if digest not in self._tokens:
            return None
        family_id, ends, spent_at = self._tokens[digest]
        _, revoked_at = self._families[family_id]
        if spent_at is not None or ends <= now or revoked_at is not None:
            return None
        self._tokens[digest] = (family_id, ends, now)
        self._tokens[successor] = (family_id, expires_at, None)
        return family_id

    async def refresh_token(self, digest: bytes) -> RefreshToken | None:
        """The token with that digest."""
        if digest not in self._tokens:
            return None
        family_id, expires_at, spent_at = self._tokens[digest]
        user_id, revoked_at = self._families[family_id]
        return RefreshToken(family_id, user_id, expires_at, spent_at, revoked_at)

    async def revoke_session(self, family_id: UUID, now: datetime) -> None:
        """Ends the session."""
        user_id, revoked_at = self._families[family_id]
        self._families[family_id] = (user_id, revoked_at or now)

    async def revoke_sessions_of(self, user_id: UUID, now: datetime) -> None:
        """Ends every session of the user."""
        for family_id, (owner_id, _) in list(self._families.items()):
            if owner_id == user_id:
                await self.revoke_session(family_id, now)

    async def session_is_live(self, family_id: UUID) -> bool:
        """True until the session is revoked."""
        return family_id in self._families and self._families[family_id][1] is None

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Removes refresh tokens that ended before then."""
        over = [digest for digest, (_, ends, _) in self._tokens.items() if ends < before][:limit]
        for digest in over:
            del self._tokens[digest]
        return len(over)

    async def signing_keys(self) -> list[StoredKey]:
        """The keys in use, the newest first."""
        return sorted(self._keys, key=lambda key: key.created_at, reverse=True)

    async def add_signing_key(self, key: StoredKey, unless_newer_than: datetime) -> None:
        """Adds the key unless one was made after that moment."""
        if not any(known.created_at > unless_newer_than for known in self._keys):
            self._keys.append(key)

    async def retire_signing_keys(
        self,
        made_before: datetime,
        now: datetime,  # noqa: ARG002 - the port's; nothing here asks when a key was retired
    ) -> None:
        """Forgets the keys made before then, but for the newest of all."""
        newest = max((key.created_at for key in self._keys), default=made_before)
        self._keys = [key for key in self._keys if key.created_at >= min(made_before, newest)]

    async def secret(self, name: str, candidate: bytes) -> bytes:
        """The secret of that name, or `candidate` from now on."""
        return self._secrets.setdefault(name, candidate)
