"""GET /api/v1/jobs/{job} in FastAPI: checks the token, asks the job service over gRPC, answers in JSON.

    BENCH_INNER=127.0.0.1:50051 BENCH_JWKS='{"kid": "hex"}' BENCH_FORM=dict BENCH_TOKENS=kept \\
        uvicorn bench.edge_peer.app:app

`BENCH_FORM`: "models" answers by models written in pydantic, FastAPI's own way; "dict" by a dict that is
written out field by field, which is as little as Python can do. `BENCH_TOKENS`: "checked" verifies the
signature at each request, "kept" once for each token.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bench.edge_peer.models import Job, job_document, job_model
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc

CALL_SECONDS_MAX = 30.0
KEPT_MAX = 4096
SCOPE = "jobs.read"
KEYS = {
    kid: Ed25519PublicKey.from_public_bytes(bytes.fromhex(raw))
    for kid, raw in json.loads(os.environ["BENCH_JWKS"]).items()
}
KEEPS_TOKENS = os.environ["BENCH_TOKENS"] == "kept"
STATUSES = {grpc.StatusCode.NOT_FOUND: 404, grpc.StatusCode.UNAVAILABLE: 503}

_kept: dict[str, dict[str, Any]] = {}
_bearer = HTTPBearer()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One channel for the process."""
    async with grpc.aio.insecure_channel(os.environ["BENCH_INNER"]) as channel:
        app.state.jobs = jobs_pb2_grpc.JobsServiceStub(channel)
        yield


app = FastAPI(lifespan=lifespan)


async def caller(given: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]) -> dict[str, Any]:
    """The claims of a token that may read jobs."""
    claims = _kept.get(given.credentials) if KEEPS_TOKENS else None
    if claims is None or claims["exp"] < time.time():
        claims = _verified(given.credentials)
    if SCOPE not in claims["scp"]:
        raise HTTPException(403, "scope missing")
    return claims


def _verified(token: str) -> dict[str, Any]:
    try:
        key = KEYS[jwt.get_unverified_header(token)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=["EdDSA"], audience="filmstudio", issuer="filmstudio-gateway"
        )
    except (KeyError, jwt.InvalidTokenError) as error:
        raise HTTPException(401, "token invalid") from error
    if KEEPS_TOKENS and len(_kept) < KEPT_MAX:
        _kept[token] = claims
    return claims


async def asked(job: UUID, request: Request, claims: dict[str, Any]) -> jobs_pb2.Job:
    """The job as the job service tells it."""
    metadata = (("x-user", claims["sub"]), ("x-workspace", claims["wsp"]))
    try:
        answer: jobs_pb2.Job = await request.app.state.jobs.GetJob(
            jobs_pb2.GetJobRequest(name=f"jobs/{job}"), metadata=metadata, timeout=CALL_SECONDS_MAX
        )
    except grpc.aio.AioRpcError as error:
        raise HTTPException(STATUSES.get(error.code(), 500), error.details()) from error
    return answer


Claims = Annotated[dict[str, Any], Depends(caller)]

if os.environ["BENCH_FORM"] == "models":

    @app.get("/api/v1/jobs/{job}")  # type: ignore[untyped-decorator]  # has no stubs here
    async def job_by_model(job: UUID, request: Request, claims: Claims) -> Job:
        """A job, by its model."""
        return job_model(await asked(job, request, claims))

else:

    @app.get("/api/v1/jobs/{job}")  # type: ignore[untyped-decorator]  # has no stubs here
    async def job_by_dict(job: UUID, request: Request, claims: Claims) -> JSONResponse:
        """A job, by a dict."""
        return JSONResponse(job_document(await asked(job, request, claims)))
