"""Sessions renew, notice reuse, and end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from studio_gateway.account import Account
from studio_gateway.grants import Grants
from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.sessions import Sessions
from studio_platform.clock import ManualClock
from studio_platform.errors import Unauthenticated
from studio_platform.identity import ACCESS_TOKEN, IdentityTokenVerifier, SigningKey, StaticKeys, TokenSigner
from studio_platform.ids import new_id

GRANTS = Grants(frozenset({"jobs.read"}), frozenset({"generation.run"}), "operator@example.org")


@dataclass
class Rig:
    """Sessions over the twin, with time in hand."""

    clock: ManualClock
    store: MemoryAccountStore
    sessions: Sessions
    verifier: IdentityTokenVerifier
    account: Account


@pytest.fixture
async def rig() -> Rig:
    """One account, no session."""
    clock, store = ManualClock(), MemoryAccountStore()
    private = Ed25519PrivateKey.generate()
    signer = TokenSigner(SigningKey("k1", private), ACCESS_TOKEN, lambda: clock.now().timestamp())
    keys = StaticKeys({"k1": private.public_key()})
    verifier = IdentityTokenVerifier(keys, ACCESS_TOKEN, lambda: clock.now().timestamp())
    sessions = Sessions(store, signer, clock, b"s" * 32, GRANTS, timedelta(days=30))
    account = Account(new_id(), new_id(), "ada@example.org", "Ada", "hash", clock.now())
    await store.add_account(account)
    return Rig(clock, store, sessions, verifier, account)


async def test_the_access_token_names_user_workspace_scopes_and_session(rig: Rig) -> None:
    tokens = await rig.sessions.begin(rig.account)

    identity = await rig.verifier.verify(tokens.access_token)

    assert identity.user_id == str(rig.account.user_id)
    assert identity.workspace_id == str(rig.account.workspace_id)
    assert identity.scopes == {"jobs.read"}
    assert tokens.access_expires_at - rig.clock.now() == timedelta(minutes=10)
    await rig.sessions.check_live(identity.session_id)


async def test_only_the_operators_access_token_carries_the_operators_scopes(rig: Rig) -> None:
    operator = replace(rig.account, user_id=new_id(), email="operator@example.org")
    await rig.store.add_account(operator)

    begun = await rig.sessions.begin(operator)
    renewed = await rig.sessions.renew(begun.refresh_token)

    for tokens in (begun, renewed):
        identity = await rig.verifier.verify(tokens.access_token)
        assert identity.scopes == {"jobs.read", "generation.run"}


async def test_each_renewal_gives_a_new_refresh_token(rig: Rig) -> None:
    tokens = await rig.sessions.begin(rig.account)
    seen = [tokens.refresh_token]

    for _ in range(3):
        await rig.clock.advance(60)
        tokens = await rig.sessions.renew(tokens.refresh_token)
        seen.append(tokens.refresh_token)

    assert len(set(seen)) == 4


async def test_two_tabs_that_renew_within_ten_seconds_get_the_same_successor(rig: Rig) -> None:
    first = await rig.sessions.begin(rig.account)

    one = await rig.sessions.renew(first.refresh_token)
    await rig.clock.advance(9)
    other = await rig.sessions.renew(first.refresh_token)

    assert one.refresh_token == other.refresh_token
    assert one.refresh_expires_at == other.refresh_expires_at


async def test_reuse_after_the_grace_ends_the_session_for_all(rig: Rig) -> None:
    first = await rig.sessions.begin(rig.account)
    second = await rig.sessions.renew(first.refresh_token)
    await rig.clock.advance(11)

    with pytest.raises(Unauthenticated) as reuse:
        await rig.sessions.renew(first.refresh_token)
    with pytest.raises(Unauthenticated) as after:
        await rig.sessions.renew(second.refresh_token)

    assert reuse.value.reason == "REFRESH_REUSED"
    assert after.value.reason == "SESSION_OVER"


async def test_ending_a_session_by_an_old_token_ends_it(rig: Rig) -> None:
    first = await rig.sessions.begin(rig.account)
    second = await rig.sessions.renew(first.refresh_token)
    session_id = (await rig.verifier.verify(second.access_token)).session_id

    await rig.sessions.end(first.refresh_token)

    with pytest.raises(Unauthenticated):
        await rig.sessions.check_live(session_id)
    with pytest.raises(Unauthenticated):
        await rig.sessions.renew(second.refresh_token)


@pytest.mark.parametrize("token", ["", "unknown", "x" * 256])
async def test_an_unknown_refresh_token_is_refused(rig: Rig, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await rig.sessions.renew(token)


async def test_a_refresh_token_ends_after_its_lifetime(rig: Rig) -> None:
    first = await rig.sessions.begin(rig.account)
    await rig.clock.advance(30 * 24 * 3600)

    with pytest.raises(Unauthenticated):
        await rig.sessions.renew(first.refresh_token)


async def test_nothing_stored_signs_in(rig: Rig) -> None:
    tokens = await rig.sessions.begin(rig.account)

    kept = repr(vars(rig.store))

    assert tokens.refresh_token not in kept
    assert tokens.access_token not in kept
