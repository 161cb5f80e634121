"""Signing keys are replaced without anybody being signed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import jwt
import pytest

from studio_gateway.memory_store import MemoryAccountStore
from studio_gateway.signing import (
    KEPT_PUBLISHED,
    KEY_LIFETIME,
    PUBLISHED_AHEAD,
    ensure_signing_key,
    public_keys,
    use_key_that_is_due,
)
from studio_platform.clock import ManualClock
from studio_platform.errors import Unauthenticated
from studio_platform.identity import ACCESS_TOKEN, FetchedKeys, Identity, IdentityTokenVerifier, TokenSigner

ADA = Identity("u", "w")


@dataclass
class Rig:
    """A signer, and somebody who checks what it signs and has its own memory of keys."""

    clock: ManualClock
    store: MemoryAccountStore
    signer: TokenSigner
    fetches: list[Mapping[str, bytes]] = field(default_factory=list)

    def verifier(self) -> IdentityTokenVerifier:
        """As another service has one."""

        async def fetch() -> Mapping[str, bytes]:
            self.fetches.append(await public_keys(self.store))
            return self.fetches[-1]

        keys = FetchedKeys(fetch, self.clock.monotonic)
        return IdentityTokenVerifier(keys, ACCESS_TOKEN, lambda: self.clock.now().timestamp(), 1)

    async def later(self, moved: timedelta) -> None:
        """Time goes on, and the gateway looks at its keys."""
        await self.clock.advance(moved.total_seconds())
        await use_key_that_is_due(self.store, self.clock, [self.signer])

    def signed(self) -> str:
        """A token by the key in use."""
        return self.signer.sign(ADA)[0]


@pytest.fixture
async def rig() -> Rig:
    clock, store = ManualClock(), MemoryAccountStore()
    key = await ensure_signing_key(store, clock)
    return Rig(clock, store, TokenSigner(key, ACCESS_TOKEN, lambda: clock.now().timestamp()))


async def test_a_new_studio_signs_by_its_only_key_at_once(rig: Rig) -> None:
    assert await rig.verifier().verify(rig.signed())


async def test_a_new_key_signs_nothing_until_everybody_has_fetched_it(rig: Rig) -> None:
    before = kid(rig.signed())
    await rig.later(KEY_LIFETIME)
    published, meanwhile = await public_keys(rig.store), kid(rig.signed())
    await rig.later(PUBLISHED_AHEAD)

    assert meanwhile == before
    assert list(published) == [kid(rig.signed()), before]


async def test_what_the_old_key_signed_is_good_until_it_ends(rig: Rig) -> None:
    verifier = rig.verifier()
    await rig.later(KEY_LIFETIME)
    await verifier.verify(rig.signed())
    await rig.later(PUBLISHED_AHEAD - timedelta(seconds=30))
    old = rig.signed()
    await rig.later(timedelta(seconds=60))
    new = rig.signed()

    assert kid(old) != kid(new)
    assert await verifier.verify(old) == await verifier.verify(new) == ADA
    await rig.later(timedelta(minutes=9))
    assert await verifier.verify(old) == ADA
    await rig.later(timedelta(minutes=2))
    with pytest.raises(Unauthenticated):
        await verifier.verify(old)


async def test_no_forged_key_id_keeps_a_new_key_from_being_known(rig: Rig) -> None:
    verifier = rig.verifier()
    await rig.later(KEY_LIFETIME)
    await verifier.verify(rig.signed())
    await rig.later(PUBLISHED_AHEAD - timedelta(seconds=1))
    await verifier.verify(rig.signed())
    forged = TokenSigner(await ensure_signing_key(MemoryAccountStore(), rig.clock), ACCESS_TOKEN).sign(ADA)[0]
    await rig.later(timedelta(seconds=1))

    with pytest.raises(Unauthenticated):
        await verifier.verify(forged)
    assert await verifier.verify(rig.signed()) == ADA


async def test_an_old_key_is_published_no_longer_than_it_may_be_needed(rig: Rig) -> None:
    old = kid(rig.signed())
    await rig.later(KEY_LIFETIME)
    await rig.later(PUBLISHED_AHEAD + KEPT_PUBLISHED)
    still = await public_keys(rig.store)
    await rig.later(timedelta(seconds=1))

    assert old in still
    assert list(await public_keys(rig.store)) == [kid(rig.signed())]


def kid(token: str) -> str:
    """The id of the key that signed."""
    return str(jwt.get_unverified_header(token)["kid"])
