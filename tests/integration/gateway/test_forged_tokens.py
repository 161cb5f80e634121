"""Tokens forged from what anybody can read of a gateway: its key set, and a token of one's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import grpc
import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.integration.gateway.rig import JOB, Gateway, JobsRig, registered

GUESSES = 12
SOMEBODY_ELSE = "00000000-0000-7000-8000-000000000001"


def part(document: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def keyed(secret: bytes, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed by HMAC, as a library that trusts the header's algorithm would check it."""
    signed = f"{part(header)}.{part(claims)}"
    mark = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def forged(token: str, public: bytes) -> dict[str, str]:
    """Forgeries by what is wrong with them; each is for somebody else's account."""
    header = jwt.get_unverified_header(token)
    claims = {**jwt.decode(token, options={"verify_signature": False}), "sub": SOMEBODY_ELSE}
    _, own_claims, signature = token.split(".")
    other_key = Ed25519PrivateKey.generate()

    def by_other_key(**changed: Any) -> str:
        return jwt.encode({**claims, **changed}, other_key, "EdDSA", headers=header)

    return {
        "other claims": f"{part(header)}.{part(claims)}.{signature}",
        "another header": f"{part({**header, 'typ': 'JWT'})}.{own_claims}.{signature}",
        "no signature": f"{part({**header, 'alg': 'none'})}.{part(claims)}.",
        "no algorithm": f"{part({**header, 'alg': 'None'})}.{part(claims)}.{signature}",
        "the public key as a shared secret": keyed(public, {**header, "alg": "HS256"}, claims),
        "another key under its name": by_other_key(),
        "a key of the token's own": jwt.encode(
            claims,
            other_key,
            "EdDSA",
            headers={**header, "jwk": {"kty": "OKP"}, "jku": "http://evil.example"},
        ),
        "an unknown key": jwt.encode(claims, other_key, "EdDSA", headers={**header, "kid": "k2"}),
        "a key id that is a path": jwt.encode(
            claims, other_key, "EdDSA", headers={**header, "kid": "../../etc/passwd"}
        ),
        "another audience": by_other_key(aud="filmstudio-internal"),
        "the future": by_other_key(iat=int(time.time()) + 3600),
    }


async def test_no_token_that_anybody_can_forge_gets_in_or_reaches_a_service(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    token = (await registered(channel)).tokens.access_token
    web = f"http://{gateway.http_address}"

    async with JobsRig(gateway) as jobs, httpx2.AsyncClient(timeout=30) as client:
        [key] = (await client.get(f"{web}/.well-known/jwks.json")).json()["keys"]
        public = base64.urlsafe_b64decode(key["x"] + "=")
        answers = {
            name: await client.get(f"{web}/api/v1/{JOB}", headers={"authorization": f"Bearer {text}"})
            for name, text in forged(token, public).items()
        }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert {answer.json()["error"]["message"] for answer in answers.values()} == {"Sign in again."}
    assert jobs.seen == []


async def test_a_refresh_token_used_twice_at_once_gives_one_successor_and_a_made_up_one_none(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    first = (await registered(channel)).tokens.refresh_token
    web = f"http://{gateway.http_address}/api/v1/auth/refresh"

    async with httpx2.AsyncClient(timeout=30) as client:
        second, same = [
            (await client.post(web, json={"refreshToken": first})).json()["tokens"]["refreshToken"]
            for _ in "12"
        ]
        made_up = await client.post(web, json={"refreshToken": second[::-1]})

    assert second == same
    assert made_up.status_code == 401


async def test_guesses_are_shed_with_the_time_to_wait(gateway: Gateway, channel: grpc.aio.Channel) -> None:
    email = (await registered(channel)).user.email
    web = f"http://{gateway.http_address}/api/v1/auth/login"

    async with httpx2.AsyncClient(timeout=30) as client:
        answers = [await client.post(web, json={"email": email, "password": "wrong"}) for _ in range(GUESSES)]

    shed = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {401, 429}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in shed)
