"""One behaviour of the account store, shown on its twin in memory and on Postgres."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

import studio_gateway
from studio_gateway.account import Account, AccountStore, StoredKey
from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.postgres_store import PostgresAccountStore
from studio_platform.database import open_database
from studio_platform.ids import new_id
from studio_platform.settings import DatabaseSettings

MIGRATIONS = Path(studio_gateway.__file__).parent / "migrations"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[AccountStore]:
    """The twin, then the real one."""
    if request.param == "memory":
        yield MemoryAccountStore()
        return
    database_url: Callable[..., str] = request.getfixturevalue("database_url")
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)))
    async with open_database(settings, "gateway") as database:
        yield PostgresAccountStore(database)


def account(**changed: Any) -> Account:
    """An account with defaults."""
    fields: dict[str, Any] = {
        "user_id": new_id(),
        "workspace_id": new_id(),
        "email": "ada@example.org",
        "display_name": "Ada",
        "password_hash": "$argon2id$old",
        "created_at": NOW,
    }
    return Account(**{**fields, **changed})


def digest(text: str) -> bytes:
    """A token's digest."""
    return hashlib.sha256(text.encode()).digest()


async def session(store: AccountStore, first: str = "first", expires_at: datetime = LATER) -> UUID:
    """A session of a new account; its id."""
    owner = account(email=f"{new_id()}@example.org")
    await store.add_account(owner)
    family_id = new_id()
    await store.begin_session(family_id, owner.user_id, digest(first), NOW, expires_at)
    return family_id


async def test_an_account_is_found_by_address_and_by_id(store: AccountStore) -> None:
    ada = account()

    added = await store.add_account(ada)

    assert added
    assert await store.account_by_email(ada.email) == ada
    assert await store.account_by_id(ada.user_id) == ada


async def test_an_address_belongs_to_one_account(store: AccountStore) -> None:
    await store.add_account(account())

    added = await store.add_account(account(display_name="Other"))

    assert not added
    found = await store.account_by_email("ada@example.org")
    assert found is not None
    assert found.display_name == "Ada"


async def test_unknown_accounts_are_none(store: AccountStore) -> None:
    found = [await store.account_by_email("who@example.org"), await store.account_by_id(new_id())]

    assert found == [None, None]


async def test_a_password_hash_is_replaced(store: AccountStore) -> None:
    ada = account()
    await store.add_account(ada)

    await store.set_password_hash(ada.user_id, "$argon2id$new")

    found = await store.account_by_id(ada.user_id)
    assert found is not None
    assert found.password_hash == "$argon2id$new"


async def test_a_refresh_token_is_spent_once_even_by_many_at_once(store: AccountStore) -> None:
    family_id = await session(store)

    results = await asyncio.gather(
        *(store.rotate(digest("first"), digest("second"), NOW, LATER) for _ in range(8))
    )

    assert sorted(results, key=str) == sorted([family_id] + [None] * 7, key=str)
    spent, successor = await store.refresh_token(digest("first")), await store.refresh_token(digest("second"))
    assert spent is not None
    assert spent.spent_at == NOW
    assert successor is not None
    assert (successor.family_id, successor.spent_at) == (family_id, None)


async def test_a_token_that_is_over_or_unknown_is_not_spent(store: AccountStore) -> None:
    await session(store, "short", expires_at=NOW + timedelta(seconds=1))

    over = await store.rotate(digest("short"), digest("next"), NOW + timedelta(seconds=1), LATER)
    unknown = await store.rotate(digest("never"), digest("next"), NOW, LATER)

    assert (over, unknown) == (None, None)
    assert await store.refresh_token(digest("next")) is None


async def test_an_ended_session_renews_nothing(store: AccountStore) -> None:
    family_id = await session(store)

    await store.revoke_session(family_id, NOW)
    await store.revoke_session(family_id, LATER)

    assert await store.rotate(digest("first"), digest("second"), NOW, LATER) is None
    assert not await store.session_is_live(family_id)
    stored = await store.refresh_token(digest("first"))
    assert stored is not None
    assert stored.family_revoked_at == NOW


async def test_all_sessions_of_a_user_end_and_nobody_elses(store: AccountStore) -> None:
    owner = account()
    await store.add_account(owner)
    mine, others = [new_id(), new_id()], await session(store, "other")
    for family_id in mine:
        await store.begin_session(family_id, owner.user_id, digest(str(family_id)), NOW, LATER)

    await store.revoke_sessions_of(owner.user_id, NOW)

    live = [await store.session_is_live(family_id) for family_id in (*mine, others)]
    assert live == [False, False, True]


async def test_a_new_password_ends_all_sessions_but_the_one_kept(store: AccountStore) -> None:
    owner = account()
    await store.add_account(owner)
    kept, ended, others = new_id(), new_id(), await session(store, "other")
    for family_id in (kept, ended):
        await store.begin_session(family_id, owner.user_id, digest(str(family_id)), NOW, LATER)

    await store.change_password(owner.user_id, "$argon2id$new", kept, NOW)

    live = [await store.session_is_live(family_id) for family_id in (kept, ended, others)]
    assert live == [True, False, True]
    found = await store.account_by_id(owner.user_id)
    assert found is not None
    assert found.password_hash == "$argon2id$new"


async def test_a_session_is_live_until_it_is_ended(store: AccountStore) -> None:
    family_id = await session(store)

    live = [await store.session_is_live(family_id), await store.session_is_live(new_id())]

    assert live == [True, False]


async def test_expired_tokens_are_removed_in_batches(store: AccountStore) -> None:
    for number in range(3):
        await session(store, f"old-{number}", expires_at=NOW + timedelta(days=1))
    await session(store, "fresh")

    removed = [await store.delete_expired(NOW + timedelta(days=2), limit=2) for _ in range(3)]

    assert removed == [2, 1, 0]
    assert await store.refresh_token(digest("fresh")) is not None


async def test_only_one_of_two_replicas_adds_a_signing_key(store: AccountStore) -> None:
    first, second = (StoredKey(kid, kid.encode() * 32, NOW) for kid in "ab")

    await store.add_signing_key(first, unless_newer_than=NOW - timedelta(days=90))
    await store.add_signing_key(second, unless_newer_than=NOW - timedelta(days=90))

    assert await store.signing_keys() == [first]


async def test_an_old_signing_key_gets_a_newer_one_before_it(store: AccountStore) -> None:
    old, new = StoredKey("a", b"a" * 32, NOW), StoredKey("b", b"b" * 32, LATER)
    await store.add_signing_key(old, unless_newer_than=NOW - timedelta(days=90))

    await store.add_signing_key(new, unless_newer_than=NOW)

    assert await store.signing_keys() == [new, old]


async def test_old_signing_keys_are_retired_but_never_the_newest(store: AccountStore) -> None:
    old, new = StoredKey("a", b"a" * 32, NOW), StoredKey("b", b"b" * 32, LATER)
    for key in (old, new):
        await store.add_signing_key(key, unless_newer_than=key.created_at - timedelta(days=1))

    await store.retire_signing_keys(LATER, LATER)
    kept = await store.signing_keys()
    await store.retire_signing_keys(LATER + timedelta(days=9), LATER)

    assert kept == [new]
    assert await store.signing_keys() == [new]


async def test_a_secret_stays_what_it_first_was(store: AccountStore) -> None:
    first = await store.secret("name", b"1" * 32)

    second = await store.secret("name", b"2" * 32)

    assert first == second == b"1" * 32
