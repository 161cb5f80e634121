"""Tokens forged from what anybody can read of a gateway, and by one who came by its private key once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import grpc
import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from tests.integration.gateway.rig import JOB, Gateway, JobsRig, bearer, registered

HOUR_SECONDS = 3600
SOMEBODY_ELSE = "00000000-0000-7000-8000-000000000001"


def part(document: dict[str, Any]) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def keyed(secret: bytes, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed by HMAC, as a library that trusts the header's algorithm would check it."""
    signed = f"{part(header)}.{part(claims)}"
    mark = hmac.digest(secret, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def forged(token: str, public: bytes, elsewhere: str) -> dict[str, str]:
    """Forgeries by what is wrong with them, each for somebody else's account; `elsewhere` serves keys."""
    header = jwt.get_unverified_header(token)
    claims = {**jwt.decode(token, options={"verify_signature": False}), "sub": SOMEBODY_ELSE}
    _, own_claims, signature = token.split(".")
    other_key = Ed25519PrivateKey.generate()
    own_jwk = {"kty": "OKP", "crv": "Ed25519", "x": part({})}
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(public) + b"\n-----END PUBLIC KEY-----\n"

    def by_other_key(**more: Any) -> str:
        return jwt.encode(claims, other_key, "EdDSA", headers={**header, **more})

    return {
        "other claims": f"{part(header)}.{part(claims)}.{signature}",
        "another header": f"{part({**header, 'typ': 'JWT'})}.{own_claims}.{signature}",
        "no signature": f"{part({**header, 'alg': 'none'})}.{part(claims)}.",
        "no algorithm": f"{part({**header, 'alg': 'None'})}.{part(claims)}.{signature}",
        "no header": f".{own_claims}.{signature}",
        "a header of depth 1,000": f"{part({'a': '['})[:-2]}{'W1tb' * 1000}.{own_claims}.{signature}",
        "the public key as a shared secret": keyed(public, {**header, "alg": "HS256"}, claims),
        "the public key's file as a shared secret": keyed(pem, {**header, "alg": "HS256"}, claims),
        "an empty shared secret": keyed(b"", {**header, "alg": "HS256"}, claims),
        "another key under its name": by_other_key(),
        "a key of the token's own": by_other_key(jwk=own_jwk),
        "a set of keys elsewhere": by_other_key(kid="k2", jku=elsewhere),
        "a certificate elsewhere": by_other_key(kid="k2", x5u=elsewhere),
        "a certificate of the token's own": by_other_key(x5c=[base64.b64encode(public).decode()]),
        "an extension that must be understood": by_other_key(crit=["exp"]),
        "an unknown key": by_other_key(kid="k2"),
        "a key id that is a path": by_other_key(kid="../../../../dev/null"),
        "a key id that is SQL": by_other_key(kid="' or '1'='1"),
        "two tokens": f"{token} {token}",
        "12 kB": f"{token}{'A' * 12_000}",
    }


def misused(token: str, private: bytes, kid: str) -> dict[str, str]:
    """Tokens that the gateway's own key has signed, by why it never would have."""
    claims = jwt.decode(token, options={"verify_signature": False})
    now, key = int(time.time()), Ed25519PrivateKey.from_private_bytes(private)

    def signed(typ: str = "at+jwt", without: Iterable[str] = (), **changed: Any) -> str:
        said = {name: value for name, value in {**claims, **changed}.items() if name not in without}
        return jwt.encode(said, key, "EdDSA", headers={"kid": kid, "typ": typ})

    return {
        "over": signed(iat=now - HOUR_SECONDS, exp=now - 60),
        "of the future": signed(iat=now + HOUR_SECONDS, exp=now + 2 * HOUR_SECONDS),
        "not good yet": signed(nbf=now + HOUR_SECONDS),
        "another audience": signed(aud="filmstudio-internal"),
        "several audiences but ours": signed(aud=["filmstudio-internal", "other"]),
        "another issuer": signed(iss="https://evil.example"),
        "another type": signed("film-internal+jwt"),
        "no end": signed(without=["exp"]),
        "no issuer": signed(without=["iss"]),
        "no audience": signed(without=["aud"]),
        "no subject": signed(without=["sub"]),
        "an end that is no number": signed(exp="never"),
    }


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[bytes]]]:
    """An address that a token may point to, and what was asked there."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/keys", asked


async def refused_everywhere(gateway: Gateway, channel: grpc.aio.Channel, text: str) -> tuple[Any, ...]:
    """What GetJob with a token answers over HTTP and over gRPC."""
    web = f"http://{gateway.http_address}/api/v1/{JOB}"
    async with httpx2.AsyncClient(timeout=30) as client:
        answer = await client.get(web, headers={"authorization": f"Bearer {text}"})
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await jobs_pb2_grpc.JobsServiceStub(channel).GetJob(
            jobs_pb2.GetJobRequest(name=JOB), metadata=bearer(text), timeout=20
        )
    error = refused.value
    return answer.status_code, answer.json()["error"]["message"], error.code(), error.details()


async def test_no_token_that_anybody_can_forge_gets_in_or_reaches_a_service(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    token = (await registered(channel)).tokens.access_token

    async with JobsRig(gateway) as jobs, listener() as (elsewhere, asked), httpx2.AsyncClient() as client:
        keys = (await client.get(f"http://{gateway.http_address}/.well-known/jwks.json")).json()["keys"]
        public = base64.urlsafe_b64decode(keys[0]["x"] + "=")
        answers = {
            name: await refused_everywhere(gateway, channel, text)
            for name, text in forged(token, public, elsewhere).items()
        }

    expected = (401, "Sign in again.", grpc.StatusCode.UNAUTHENTICATED, "Sign in again.")
    assert answers == dict.fromkeys(answers, expected)
    assert (jobs.seen, asked) == ([], [])


async def test_no_token_of_the_gateways_own_key_gets_in_if_it_says_what_the_gateway_never_says(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    token = (await registered(channel)).tokens.access_token
    database = await asyncpg.connect(gateway.database_url)
    stored = await database.fetchrow("select kid, private_key from signing_keys")
    await database.close()
    assert stored is not None

    async with JobsRig(gateway) as jobs:
        answers = {
            name: await refused_everywhere(gateway, channel, text)
            for name, text in misused(token, stored["private_key"], stored["kid"]).items()
        }

    expected = (401, "Sign in again.", grpc.StatusCode.UNAUTHENTICATED, "Sign in again.")
    assert answers == dict.fromkeys(answers, expected)
    assert jobs.seen == []


async def test_two_tokens_in_one_call_are_none(gateway: Gateway, channel: grpc.aio.Channel) -> None:
    token = (await registered(channel)).tokens.access_token
    pairs = [bearer(token) + bearer("a.b.c"), bearer("a.b.c") + bearer(token), bearer(token) * 2]

    async with JobsRig(gateway) as jobs:
        codes = []
        for metadata in pairs:
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await jobs_pb2_grpc.JobsServiceStub(channel).GetJob(
                    jobs_pb2.GetJobRequest(name=JOB), metadata=metadata, timeout=20
                )
            codes.append(refused.value.code())

    assert codes == [grpc.StatusCode.UNAUTHENTICATED] * 3
    assert jobs.seen == []


async def test_metadata_within_the_limit_is_never_refused_by_chance(channel: grpc.aio.Channel) -> None:
    call = jobs_pb2_grpc.JobsServiceStub(channel).GetJob
    long, too_long = bearer("A" * 30_000), bearer("A" * 33_000)

    codes = [await call(jobs_pb2.GetJobRequest(name=JOB), metadata=long).code() for _ in range(20)]

    assert set(codes) == {grpc.StatusCode.UNAUTHENTICATED}
    refused = await call(jobs_pb2.GetJobRequest(name=JOB), metadata=too_long).code()
    assert refused is grpc.StatusCode.RESOURCE_EXHAUSTED
