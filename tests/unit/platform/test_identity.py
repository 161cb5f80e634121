"""Tokens: what is signed is believed, everything else is not."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from studio_platform.errors import Unauthenticated, Unavailable
from studio_platform.identity import (
    CLOCK_SKEW_SECONDS,
    INTERNAL_TOKEN,
    ISSUER,
    FetchedKeys,
    Identity,
    InternalTokenVerifier,
    SigningKey,
    StaticKeys,
    TokenKind,
    TokenSigner,
    current_identity,
    set_current_identity,
)

NOW = 1_700_000_000.0
KEY = Ed25519PrivateKey.generate()
ADA = Identity("u1", "w1", frozenset({"jobs.read"}), frozenset({"owner"}), {"concurrent_jobs": 3}, "s1")
CLAIMS = {
    "iss": ISSUER,
    "aud": INTERNAL_TOKEN.audience,
    "iat": int(NOW),
    "exp": int(NOW) + 60,
    "sub": "u1",
}


def verifier(now: float = NOW) -> InternalTokenVerifier:
    """Knows KEY as "k1"."""
    return InternalTokenVerifier(StaticKeys({"k1": KEY.public_key()}), lambda: now)


def encoded(claims: dict[str, Any], key: Any = KEY, algorithm: str = "EdDSA", **header: str) -> str:
    """A token made by hand."""
    headers = {"kid": "k1", "typ": INTERNAL_TOKEN.token_type, **header}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


async def test_a_signed_identity_comes_back_whole() -> None:
    token, expires = TokenSigner(SigningKey("k1", KEY), INTERNAL_TOKEN, lambda: NOW).sign(ADA)

    identity = await verifier().verify(token)

    assert identity == ADA
    assert expires == NOW + 60


async def test_a_token_made_by_hand_with_all_claims_is_good() -> None:
    identity = await verifier().verify(encoded(CLAIMS))

    assert identity.user_id == "u1"


BAD = {
    "of another audience": encoded({**CLAIMS, "aud": "filmstudio"}),
    "of another issuer": encoded({**CLAIMS, "iss": "elsewhere"}),
    "of another type": encoded(CLAIMS, typ="at+jwt"),
    "of an unknown key": encoded(CLAIMS, kid="k2"),
    "of another key under that name": encoded(CLAIMS, key=Ed25519PrivateKey.generate()),
    "signed with a shared secret": encoded(CLAIMS, key="k" * 64, algorithm="HS256"),
    "over": encoded({**CLAIMS, "exp": int(NOW) - CLOCK_SKEW_SECONDS}),
    "from the future": encoded({**CLAIMS, "iat": int(NOW) + CLOCK_SKEW_SECONDS + 1}),
    "without an end": encoded({name: value for name, value in CLAIMS.items() if name != "exp"}),
    "with an end in words": encoded({**CLAIMS, "exp": "soon"}),
    "too long": "x" * 9_000,
    "no token": "nonsense",
    "empty": "",
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_refused_without_a_reason_for_the_client(token: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await verifier().verify(token)

    assert refused.value.user_text == "Sign in again."


async def test_an_unsigned_token_is_refused() -> None:
    token = encoded(CLAIMS, key="", algorithm="none")

    with pytest.raises(Unauthenticated):
        await verifier().verify(token)


async def test_a_token_that_was_good_ends_all_the_same() -> None:
    now = [NOW]
    checked = InternalTokenVerifier(StaticKeys({"k1": KEY.public_key()}), lambda: now[0])
    token = encoded(CLAIMS)
    await checked.verify(token)

    now[0] += 60 + CLOCK_SKEW_SECONDS

    with pytest.raises(Unauthenticated):
        await checked.verify(token)


async def test_one_kind_of_token_does_not_pass_for_another() -> None:
    access = TokenKind("filmstudio", "at+jwt", 600)
    token, _ = TokenSigner(SigningKey("k1", KEY), access, lambda: NOW).sign(ADA)

    with pytest.raises(Unauthenticated):
        await verifier().verify(token)


class Fetches:
    """A gateway's key set, counted; `away` makes it raise."""

    def __init__(self) -> None:
        self.count = 0
        self.away: Exception | None = None

    async def __call__(self) -> dict[str, bytes]:
        self.count += 1
        if self.away is not None:
            raise self.away
        return {"k1": KEY.public_key().public_bytes_raw()}


async def test_forged_key_ids_do_not_flood_the_gateway() -> None:
    fetches, now = Fetches(), [0.0]
    keys = FetchedKeys(fetches, lambda: now[0], refetch_after_seconds=5)

    found = [await keys.public_key(kid) for kid in ("k1", "x", "y", "z")]
    now[0] = 6
    await keys.public_key("x")

    assert isinstance(found[0], Ed25519PublicKey)
    assert found[1:] == [None, None, None]
    assert fetches.count == 2


@pytest.mark.parametrize(
    "failure",
    [
        Unavailable("AWAY", "away"),
        grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata()),
    ],
)
async def test_known_keys_outlive_a_gateway_that_is_away(failure: Exception) -> None:
    fetches, now = Fetches(), [0.0]
    keys = FetchedKeys(fetches, lambda: now[0], keep_seconds=600)
    known = await keys.public_key("k1")
    fetches.away = failure
    now[0] = 601

    assert await keys.public_key("k1") == known
    with pytest.raises(Unavailable):
        await keys.public_key("k2")


async def test_old_keys_are_fetched_anew_by_one_of_many_callers_while_the_others_go_on() -> None:
    now, asked, answer = [0.0], [], asyncio.Event()

    async def fetch() -> dict[str, bytes]:
        asked.append(now[0])
        if len(asked) > 1:
            await answer.wait()
        return {"k1": KEY.public_key().public_bytes_raw()}

    keys = FetchedKeys(fetch, lambda: now[0], keep_seconds=600)
    await keys.public_key("k1")
    now[0] = 601.0

    asking = asyncio.create_task(keys.public_key("k1"))
    await asyncio.sleep(0)
    others = [await keys.public_key("k1") for _ in range(5)]
    answer.set()

    assert None not in (await asking, *others)
    assert asked == [0.0, 601.0]


async def test_there_is_no_identity_outside_of_a_call() -> None:
    set_current_identity(None)

    with pytest.raises(Unauthenticated):
        current_identity()
