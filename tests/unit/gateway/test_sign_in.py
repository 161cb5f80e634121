"""Registering and signing in: passwords, throttling, the local account."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import profiles
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from studio_gateway.account import Account
from studio_gateway.accounts import Accounts, Credentials
from studio_gateway.admission import Admission, Registration
from studio_gateway.grants import Grants
from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.recent import KEPT_SECONDS
from studio_gateway.sessions import Sessions, Tokens
from studio_gateway.throttle import FREE_ATTEMPTS, Throttle
from studio_platform.clock import ManualClock
from studio_platform.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidInput,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)
from studio_platform.identity import (
    ACCESS_TOKEN,
    Identity,
    IdentityTokenVerifier,
    SigningKey,
    StaticKeys,
    TokenSigner,
)
from studio_platform.passwords import HASHES_WAITING_MAX, Passwords, open_passwords

ADA = Credentials("Ada@Example.org ", "correct horse")
KEY = Ed25519PrivateKey.generate()
WRONG = Credentials("ada@example.org", "wrong")


@dataclass
class Rig:
    """Accounts over the twin, with time in hand."""

    clock: ManualClock
    store: MemoryAccountStore
    passwords: Passwords
    sessions: Sessions
    accounts: Accounts
    removals: Marked


class Marked:
    """Keeps whom it was asked to remove."""

    def __init__(self) -> None:
        self.users: list[UUID] = []

    async def mark(self, user_id: UUID) -> None:
        """One more."""
        self.users.append(user_id)


class Uninvited:
    """Nobody has an invitation."""

    async def require_open(self, token: str, email: str) -> None:
        """Raises PermissionDenied."""
        raise PermissionDenied("INVITATION_INVALID", f"{token} lets {email} not in")

    async def add_account(self, account: Account, token: str) -> bool:
        """Raises PermissionDenied."""
        raise PermissionDenied("INVITATION_INVALID", f"{token} lets {account.email} not in")


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """No account."""
    clock, store, removals = ManualClock(), MemoryAccountStore(), Marked()
    signer = TokenSigner(SigningKey("k", KEY), ACCESS_TOKEN, lambda: clock.now().timestamp())
    sessions = Sessions(store, signer, clock, b"s" * 32, Grants(frozenset()), timedelta(days=30))
    async with open_passwords(profiles.CHEAPEST) as passwords:
        throttle = Throttle(clock.monotonic)
        admission = Admission(Registration.OPEN, store, Uninvited())
        accounts = Accounts(
            store, passwords, sessions, throttle, clock, removals, admission, "local@example.org"
        )
        yield Rig(clock, store, passwords, sessions, accounts, removals)


async def test_the_address_signs_in_in_any_case(rig: Rig) -> None:
    registered, _ = await rig.accounts.register(ADA, "")

    signed_in, _ = await rig.accounts.sign_in(Credentials("ADA@example.ORG", ADA.password))

    assert signed_in == registered
    assert signed_in.email == "ada@example.org"
    assert signed_in.display_name == "ada"


async def test_a_taken_address_is_refused(rig: Rig) -> None:
    await rig.accounts.register(ADA, "Ada")

    with pytest.raises(AlreadyExists):
        await rig.accounts.register(Credentials("ada@example.org", "something else"), "")


async def test_an_unknown_address_is_checked_against_a_hash_as_well(rig: Rig) -> None:
    verdict = await rig.passwords.check(None, "no account has this password")

    assert not verdict.right


async def test_guessing_waits_longer_each_time_and_a_wait_is_named(rig: Rig) -> None:
    await rig.accounts.register(ADA, "Ada")
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(Unauthenticated):
            await rig.accounts.sign_in(WRONG)
    waits = []

    for _ in range(3):
        with pytest.raises(ResourceExhausted) as held:
            await rig.accounts.sign_in(WRONG)
        assert held.value.retry_after_seconds is not None
        waits.append(round(held.value.retry_after_seconds))
        await rig.clock.advance(held.value.retry_after_seconds)
        with pytest.raises(Unauthenticated):
            await rig.accounts.sign_in(WRONG)

    assert waits == [1, 2, 4]


async def test_the_right_password_forgets_the_failures(rig: Rig) -> None:
    await rig.accounts.register(ADA, "Ada")
    for _ in range(3):
        for _ in range(FREE_ATTEMPTS - 1):
            with pytest.raises(Unauthenticated):
                await rig.accounts.sign_in(WRONG)

        account, _ = await rig.accounts.sign_in(ADA)

        assert account.email == "ada@example.org"


async def test_more_hashes_than_may_wait_are_shed() -> None:
    with ThreadPoolExecutor(1) as executor:
        passwords = Passwords(executor, profiles.CHEAPEST)
        release = threading.Event()
        executor.submit(release.wait)
        waiting = [asyncio.create_task(passwords.hash("a password")) for _ in range(HASHES_WAITING_MAX + 1)]
        await asyncio.sleep(0)

        with pytest.raises(ResourceExhausted) as shed:
            await passwords.hash("one too many")
        release.set()
        hashes = await asyncio.gather(*waiting)

    assert shed.value.reason == "SIGN_IN_BUSY"
    assert len(set(hashes)) == HASHES_WAITING_MAX + 1


async def test_an_outdated_hash_is_renewed_at_the_next_sign_in(rig: Rig) -> None:
    account, _ = await rig.accounts.register(ADA, "Ada")
    stronger = profiles.CHEAPEST
    async with open_passwords(profiles.PRE_21_2) as older:
        await rig.store.set_password_hash(account.user_id, await older.hash(ADA.password))

    await rig.accounts.sign_in(ADA)

    renewed = await rig.store.account_by_id(account.user_id)
    assert renewed is not None
    assert f"m={stronger.memory_cost}," in renewed.password_hash


async def test_the_local_account_is_made_once_and_takes_a_new_password(rig: Rig) -> None:
    first = await rig.accounts.ensure(Credentials("you@localhost", "first password"), "")

    second = await rig.accounts.ensure(Credentials("you@localhost", "other password"), "")
    signed_in, _ = await rig.accounts.sign_in(Credentials("you@localhost", "other password"))

    assert first.user_id == second.user_id == signed_in.user_id


async def test_an_account_that_the_settings_take_over_ends_its_former_sessions(rig: Rig) -> None:
    _, former = await rig.accounts.register(ADA, "")

    await rig.accounts.ensure(Credentials(ADA.email, "the settings' own"), "")

    with pytest.raises(Unauthenticated):
        await rig.sessions.renew(former.refresh_token)


async def test_a_start_with_the_same_password_ends_no_session(rig: Rig) -> None:
    await rig.accounts.ensure(ADA, "")
    _, tokens = await rig.accounts.sign_in(ADA)

    await rig.accounts.ensure(ADA, "")

    assert await rig.sessions.renew(tokens.refresh_token)


async def caller(rig: Rig, tokens: Tokens) -> Identity:
    """Who comes with an access token, as the gateway reads it."""
    keys = StaticKeys({"k": KEY.public_key()})
    verifier = IdentityTokenVerifier(keys, ACCESS_TOKEN, lambda: rig.clock.now().timestamp())
    identity = await verifier.verify(tokens.access_token)
    await rig.sessions.check_recently(identity)
    return identity


async def test_a_new_password_ends_the_other_sessions_at_once_and_not_this_one(rig: Rig) -> None:
    _, here = await rig.accounts.register(ADA, "")
    _, there = await rig.accounts.sign_in(ADA)
    await caller(rig, there)

    await rig.accounts.change_password(await caller(rig, here), ADA.password, "a better horse")

    await caller(rig, here)
    await rig.sessions.renew(here.refresh_token)
    with pytest.raises(Unauthenticated):
        await caller(rig, there)
    with pytest.raises(Unauthenticated):
        await rig.sessions.renew(there.refresh_token)
    with pytest.raises(Unauthenticated):
        await rig.accounts.sign_in(ADA)
    await rig.accounts.sign_in(Credentials(ADA.email, "a better horse"))


async def test_who_knows_not_the_password_changes_and_removes_nothing_and_is_slowed_down(rig: Rig) -> None:
    _, tokens = await rig.accounts.register(ADA, "")
    here = await caller(rig, tokens)

    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(InvalidInput):
            await rig.accounts.change_password(here, "wrong", "a better horse")
    with pytest.raises(ResourceExhausted):
        await rig.accounts.remove(here, ADA.password)

    assert rig.removals.users == []


async def test_who_leaves_everywhere_is_signed_in_nowhere(rig: Rig) -> None:
    account, here = await rig.accounts.register(ADA, "")
    _, there = await rig.accounts.sign_in(ADA)
    for tokens in (here, there):
        await caller(rig, tokens)

    await rig.sessions.end_all(account.user_id)

    for tokens in (here, there):
        with pytest.raises(Unauthenticated):
            await caller(rig, tokens)


async def test_a_session_that_ended_at_another_replica_is_refused_within_ten_seconds(rig: Rig) -> None:
    account, tokens = await rig.accounts.register(ADA, "")
    await caller(rig, tokens)
    await rig.store.revoke_sessions_of(account.user_id, rig.clock.now())

    await caller(rig, tokens)
    await rig.clock.advance(KEPT_SECONDS)

    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await caller(rig, tokens)


async def test_the_account_of_the_settings_is_not_removed(rig: Rig) -> None:
    local = Credentials("local@example.org", ADA.password)
    _, tokens = await rig.accounts.register(local, "")

    with pytest.raises(FailedPrecondition):
        await rig.accounts.remove(await caller(rig, tokens), local.password)

    assert rig.removals.users == []
