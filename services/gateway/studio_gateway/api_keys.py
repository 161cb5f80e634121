"""API keys in Postgres: made, listed, revoked, and checked at each call with a short memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from studio_gateway.lifetimes import Lifetime
from studio_gateway.recent import Recent
from studio_gateway.shown_once import SHOWN_AGAIN, derived, digest
from studio_platform.clock import Clock
from studio_platform.database import Database, Queries
from studio_platform.errors import (
    AlreadyExists,
    FieldViolation,
    InvalidInput,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)
from studio_platform.identity import Identity
from studio_platform.ids import new_id

SECRET_PREFIX = "film_"  # noqa: S105 - how secrets begin
NAME_PREFIX = "apiKeys/"
HINT_CHARS = 10
KEYS_MAX = 100
LIFETIME = Lifetime("key", timedelta(days=90), timedelta(days=366))
DERIVATION_SECRET = "api-key"  # noqa: S105 - the secret's name, not the secret
OF_PEOPLE_ALONE = frozenset({"account.write"})
"""Scopes that no key carries: with a key nobody makes another, or changes the password."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; `hint` is how the secret begins."""

    key_id: UUID
    workspace_id: UUID
    display_name: str
    scopes: Sequence[str]
    hint: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to make: no scopes are all that a key may have, no end is LIFETIME's default from now."""

    display_name: str
    scopes: frozenset[str]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Holder:
    identity: Identity
    expires_at: datetime


class ApiKeys:
    """Raises Unavailable when Postgres is away.

    A secret is the HMAC-SHA-256 of the key's id under a key of the server: what asks twice with one request
    id gets one key, and nothing that could call is stored. `grantable` are the scopes that keys may have.
    """

    def __init__(
        self, database: Database, clock: Clock, derivation_key: bytes, grantable: frozenset[str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._derivation_key = derivation_key
        self._grantable = grantable - OF_PEOPLE_ALONE
        self._holders: Recent[bytes, _Holder] = Recent(clock.monotonic)
        self._live: Recent[UUID, UUID] = Recent(clock.monotonic)
        self._queries = Queries.load("studio_gateway", "sql/api_keys.sql")

    async def make(
        self, caller: Identity, wanted: Wanted, request_id: UUID | None = None
    ) -> tuple[ApiKey, str]:
        """A new key of the caller's in the caller's workspace, and its secret.

        Raises InvalidInput, PermissionDenied for scopes that the caller has not, ResourceExhausted for an
        owner of KEYS_MAX, AlreadyExists for a request id that was answered longer than SHOWN_AGAIN ago.
        """
        now, user_id = self._clock.now(), UUID(caller.user_id)
        key_id = new_id()
        made = ApiKey(
            key_id,
            UUID(caller.workspace_id),
            wanted.display_name,
            sorted(self._scopes(caller, wanted.scopes)),
            self._secret(key_id)[:HINT_CHARS],
            now,
            LIFETIME.end(wanted.expires_at, now, "api_key.expire_time"),
        )
        if await self._add(user_id, made, request_id):
            return made, self._secret(key_id)
        row = await self._database.fetchrow(self._queries["api_key_by_request"], user_id, request_id)
        if row is None or now - row["created_at"] > SHOWN_AGAIN:
            raise AlreadyExists("API_KEY_MADE", "This request made a key, whose secret was shown already.")
        return ApiKey(**row), self._secret(row["key_id"])

    async def of(self, user_id: UUID, after: UUID | None, limit: int) -> list[ApiKey]:
        """A page of the user's keys."""
        rows = await self._database.fetch(self._queries["api_keys_of"], user_id, after, limit)
        return [ApiKey(**row) for row in rows]

    async def revoke(self, user_id: UUID, key_id: UUID) -> None:
        """Ends a key; here at once, at other replicas within recent.KEPT_SECONDS. Raises NotFound."""
        name = f"{NAME_PREFIX}{key_id}"
        gone = await self._database.fetchval(self._queries["delete_api_key"], key_id, user_id)
        self._holders.forget(lambda holder: holder.identity.session_id == name)
        self._live.forget(lambda known: known == key_id)
        if gone is None:
            raise NotFound("API_KEY_NOT_FOUND", f"{name} does not exist.", resource_name=name)

    async def verify(self, secret: str) -> Identity:
        """Whom a secret stands for. Raises Unauthenticated for one that is unknown, over or revoked."""
        now, hashed = self._clock.now(), digest(secret)
        known = self._holders.get(hashed)
        if known is None:
            row = await self._database.fetchrow(self._queries["holder_of_api_key"], hashed, now)
            if row is None:
                raise _over()
            known = _Holder(_identity(dict(row)), row["expires_at"])
            self._holders.keep(hashed, known)
        if known.expires_at <= now:
            raise _over()
        return known.identity

    async def check_live(self, key_id: UUID) -> None:
        """Raises Unauthenticated once the key has ended."""
        if self._live.get(key_id) is not None:
            return
        if not await self._database.fetchval(self._queries["api_key_is_live"], key_id, self._clock.now()):
            raise _over()
        self._live.keep(key_id, key_id)

    async def delete_expired(self, before: datetime, limit: int) -> int:
        """Removes at most `limit` keys that ended before then; how many."""
        tag = await self._database.execute(self._queries["delete_expired_api_keys"], before, limit)
        return int(tag.rpartition(" ")[2])

    def _scopes(self, caller: Identity, wanted: frozenset[str]) -> frozenset[str]:
        possible = self._grantable & caller.scopes
        if unknown := sorted(wanted - self._grantable):
            text = f"no key may have {', '.join(unknown)}; possible are {', '.join(sorted(possible))}"
            raise InvalidInput("SCOPE_UNKNOWN", text, violations=(FieldViolation("api_key.scopes", text),))
        if missing := sorted(wanted - caller.scopes):
            raise PermissionDenied("SCOPE_MISSING", f"You have not the scopes {', '.join(missing)} yourself.")
        return wanted or possible

    async def _add(self, user_id: UUID, made: ApiKey, request_id: UUID | None) -> bool:
        async with self._database.transaction() as tx:
            if await tx.fetchval(self._queries["lock_user"], user_id) is None:
                raise Unauthenticated("SESSION_OVER", "Your session is over. Sign in again.")
            live = await tx.fetchval(self._queries["count_api_keys"], user_id, made.created_at, KEYS_MAX)
            if live >= KEYS_MAX:
                raise ResourceExhausted("API_KEYS_TOO_MANY", f"You have {KEYS_MAX} keys; revoke one first.")
            row = (
                made.key_id,
                user_id,
                made.workspace_id,
                made.display_name,
                made.scopes,
                digest(self._secret(made.key_id)),
                made.hint,
                request_id,
                made.created_at,
                made.expires_at,
            )
            return await tx.fetchval(self._queries["add_api_key"], *row) is not None

    def _secret(self, key_id: UUID) -> str:
        return derived(SECRET_PREFIX, self._derivation_key, key_id)


def key_of(identity: Identity) -> UUID | None:
    """The id of the key that the caller came with; None for a person's session."""
    session_id = identity.session_id
    return UUID(session_id.removeprefix(NAME_PREFIX)) if session_id.startswith(NAME_PREFIX) else None


def _identity(row: dict[str, object]) -> Identity:
    scopes = row["scopes"]
    return Identity(
        user_id=str(row["user_id"]),
        workspace_id=str(row["workspace_id"]),
        scopes=frozenset(scopes if isinstance(scopes, list) else ()),
        roles=frozenset({str(row["role"])}),
        session_id=f"{NAME_PREFIX}{row['key_id']}",
    )


def _over() -> Unauthenticated:
    return Unauthenticated("API_KEY_INVALID", "The API key is unknown, over or revoked.")
