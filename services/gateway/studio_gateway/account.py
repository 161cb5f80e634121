"""What the gateway knows of people: accounts, sessions, keys; and the port to where they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

SECRET_BYTES = 32
USER = "user"
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """A user with the personal workspace; `email` is in lower case, `role` the one in that workspace.

    `studio_role` is USER or ADMIN.
    """

    user_id: UUID
    workspace_id: UUID
    email: str
    display_name: str
    password_hash: str
    created_at: datetime
    role: str = "owner"
    studio_role: str = USER


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A stored refresh token: the SHA-256 of the opaque text, and the session that it belongs to."""

    family_id: UUID
    user_id: UUID
    expires_at: datetime
    spent_at: datetime | None
    family_revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredKey:
    """An Ed25519 private key, 32 raw bytes."""

    kid: str
    private_bytes: bytes
    created_at: datetime


class AccountStore(Protocol):
    """Where accounts are kept; every change is one conditional statement or one transaction."""

    async def add_account(self, account: Account) -> bool:
        """Adds the user, the personal workspace and the membership; False if the address is taken."""
        ...

    async def account_by_email(self, email: str) -> Account | None:
        """The account with that address (lower case), unless disabled."""
        ...

    async def account_by_id(self, user_id: UUID) -> Account | None:
        """The account of that user, unless disabled."""
        ...

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """Replaces the hash; nothing for an unknown user."""
        ...

    async def change_password(
        self, user_id: UUID, password_hash: str, kept_session: UUID, now: datetime
    ) -> None:
        """Replaces the hash and ends every session of the user but that one, both or neither."""
        ...

    async def begin_session(
        self, family_id: UUID, user_id: UUID, digest: bytes, now: datetime, expires_at: datetime
    ) -> None:
        """Adds a session with its first refresh token."""
        ...

    async def rotate(
        self, digest: bytes, successor: bytes, now: datetime, expires_at: datetime
    ) -> UUID | None:
        """Spends `digest` and adds `successor`; the session, or None if it was spent, over or revoked."""
        ...

    async def refresh_token(self, digest: bytes) -> RefreshToken | None:
        """The token with that digest."""
        ...

    async def revoke_session(self, family_id: UUID, now: datetime) -> None:
        """Ends the session; again is nothing."""
        ...

    async def revoke_sessions_of(self, user_id: UUID, now: datetime) -> None:
        """Ends every session of the user."""
        ...

    async def session_is_live(self, family_id: UUID) -> bool:
        """True until the session is revoked or its user disabled."""
        ...

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Removes at most `limit` refresh tokens that ended before then; how many."""
        ...

    async def signing_keys(self) -> list[StoredKey]:
        """The keys in use, the newest first."""
        ...

    async def add_signing_key(self, key: StoredKey, unless_newer_than: datetime) -> None:
        """Adds the key unless one was made after that moment (another replica was first)."""
        ...

    async def retire_signing_keys(self, made_before: datetime, now: datetime) -> None:
        """Publishes no longer the keys made before then, but for the newest of all."""
        ...

    async def secret(self, name: str, candidate: bytes) -> bytes:
        """The secret of that name; `candidate` (32 bytes) becomes it if there is none."""
        ...
