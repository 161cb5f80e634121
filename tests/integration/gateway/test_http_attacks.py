"""Hostile paths, heads and identities over a real socket: each gets the right status, and none gets in."""

from __future__ import annotations

import json

import grpc
import pytest

from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_gateway.http.protocol import HEAD_MAX_BYTES
from tests.integration.gateway.rig import JOB, Gateway, JobsRig
from tests.integration.gateway.wire import GIBIBYTE, HOST, JSON, LOGIN, get, post, raw

JOB_ID = JOB.removeprefix("jobs/")
PATHS = {
    "parent": (f"/api/v1/projects/../{JOB}", 404),
    "encoded parent": ("/api/v1/jobs/%2e%2e", 400),
    "double encoded": ("/api/v1/jobs/%252e%252e", 401),
    "encoded slash": (f"/api/v1/jobs%2F{JOB_ID}", 404),
    "encoded slash in a name": ("/api/v1/jobs/a%2F..%2Fb", 401),
    "backslash": ("/api/v1/jobs/..\\..\\etc", 401),
    "NUL": ("/api/v1/jobs/%00", 400),
    "line break": ("/api/v1/jobs/a%0d%0aSet-Cookie:x", 400),
    "overlong": ("/api/v1/jobs/%c0%ae%c0%ae", 400),
    "overlong slash": ("/api/v1/jobs/..%c0%af..%c0%afetc", 400),
    "overlong of three bytes": ("/api/v1/jobs/%e0%80%ae%e0%80%ae", 400),
    "half a surrogate": ("/api/v1/jobs/%ed%a0%80", 400),
    "full-width parent": ("/api/v1/jobs/%ef%bc%8e%ef%bc%8e%ef%bc%8f", 401),
    "escape of old browsers": ("/api/v1/jobs/%u002e%u002e", 400),
    "encoded backslash": ("/api/v1/jobs/..%5c..%5cetc", 401),
    "NUL within a name": (f"/api/v1/{JOB}%00.json", 400),
    "double encoded NUL": ("/api/v1/jobs/%2500", 401),
    "double encoded slash": (f"/api/v1/jobs%252F{JOB_ID}", 404),
    "thrice encoded": ("/api/v1/jobs/%25252e%25252e", 401),
    "encoded question mark": (f"/api/v1/{JOB}%3fname=x", 401),
    "encoded verb": (f"/api/v1/{JOB}%3acancel", 401),
    "right to left": ("/api/v1/jobs/%e2%80%ae", 401),
    "no UTF-8": ("/api/v1/jobs/%ff", 400),
    "broken escape": ("/api/v1/jobs/%zz", 400),
    "empty segment": (f"//api/v1/{JOB}", 404),
    "trailing slash": (f"/api/v1/{JOB}/", 404),
    "other case": (f"/API/v1/{JOB}", 404),
    "semicolon": (f"/api/v1/{JOB};a=b/status", 401),
    "assets' parent": ("/docs/../../../etc/passwd", 404),
    "assets' encoded parent": ("/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404),
    "long path": ("/api/v1/jobs/" + "a" * 4000, 414),
    "long query": ("/api/v1/jobs?pageToken=" + "a" * 9000, 414),
    "method by gRPC's path": ("/filmstudio.jobs.v1.JobsService/GetJob", 404),
    "absolute form": (f"http://evil.example/api/v1/{JOB}", 401),
}


@pytest.mark.parametrize("name", PATHS)
async def test_no_path_leads_where_it_should_not(edge: str, name: str) -> None:
    target, status = PATHS[name]

    answer = await raw(edge, get(target))

    assert answer.status == status
    assert json.loads(answer.body)["error"]["code"] == status


REQUESTS = {
    "a body of 1 GB by its length": (
        f"POST {LOGIN} HTTP/1.1\r\n{HOST}{JSON}Content-Length: {GIBIBYTE}\r\n\r\n".encode(),
        413,
    ),
    "endless chunks": (
        f"POST {LOGIN} HTTP/1.1\r\n{HOST}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode()
        + (b"10000\r\n" + b" " * 0x10000 + b"\r\n") * 3,
        413,
    ),
    "length and chunks": (
        post(LOGIN, b"0\r\n\r\n", JSON + "Transfer-Encoding: chunked\r\n"),
        400,
    ),
    "two lengths": (
        f"POST {LOGIN} HTTP/1.1\r\n{HOST}Content-Length: 5\r\nContent-Length: 6\r\n\r\n".encode(),
        400,
    ),
    "a negative length": (f"POST {LOGIN} HTTP/1.1\r\n{HOST}Content-Length: -1\r\n\r\n".encode(), 400),
    "a folded header": (f"GET {LOGIN} HTTP/1.1\r\n{HOST}A: b\r\n c: d\r\n\r\n".encode(), 400),
    "a bare line feed": (b"GET / HTTP/1.1\nHost: a\nEvil\x00: b\n\n", 400),
    "a header of 100 kB": (get("/docs", "A: " + "b" * 100_000 + "\r\n"), 431),
    "10,000 headers": (get("/docs", "A: b\r\n" * 10_000), 431),
    "a header without an end": (f"GET / HTTP/1.1\r\nA: {'b' * (HEAD_MAX_BYTES + 1)}".encode(), 431),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "HTTP/2 by itself": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a tunnel": (b"CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
    "TRACE": (f"TRACE /api/v1/{JOB} HTTP/1.1\r\n{HOST}\r\n".encode(), 405),
    "an upgrade": (
        get(f"/api/v1/{JOB}", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        401,
    ),
    "two authorizations": (
        get(f"/api/v1/{JOB}", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
        400,
    ),
    "an overridden method": (
        get(f"/api/v1/{JOB}:cancel", "X-HTTP-Method-Override: POST\r\n"),
        405,
    ),
    "a forged identity": (
        get(f"/api/v1/{JOB}", "X-Film-User: root\r\nX-Forwarded-User: root\r\nX-Workspace: w\r\n"),
        401,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
async def test_no_request_gets_past_its_limits(edge: str, name: str) -> None:
    request, status = REQUESTS[name]

    answer = await raw(edge, request)

    assert answer.status == status


async def test_a_tokens_header_that_gRPC_could_not_carry_is_no_fault_of_ours(edge: str, token: str) -> None:  # noqa: N802
    answer = await raw(edge, get("/api/v1/auth/me", token + "Accept-Language: \xe9\r\nTraceparent: \x80\r\n"))

    assert answer.status == 200


async def test_a_request_id_that_would_split_the_answer_is_not_given_back(edge: str) -> None:
    answer = await raw(edge, get("/nothing", "X-Request-Id: a b;<script>\r\n"))

    assert answer.status == 404
    assert "<script>" not in answer.head + answer.body.decode()


async def test_no_path_reaches_the_service_for_one_who_is_signed_in_either(
    gateway: Gateway, edge: str, token: str
) -> None:
    async with JobsRig(gateway) as jobs:
        answers = {
            name: await raw(edge, get(target, token))
            for name, (target, _) in PATHS.items()
            if name not in THE_JOB_ITSELF
        }

    assert {name for name, answer in answers.items() if answer.status not in (400, 404, 405, 414)} == set()
    assert jobs.seen == []


# A host that a client names in its request line is none that we would call.
THE_JOB_ITSELF = ("absolute form",)

IDENTITIES = (
    "X-Film-User: root\r\nX-Forwarded-User: root\r\nX-Remote-User: root\r\nX-Workspace: w\r\n"
    "X-Film-Role: admin\r\nX-Film-Internal: a.b.c\r\nProxy-Authorization: Bearer a.b.c\r\n"
    "Grpc-Metadata-Authorization: Bearer a.b.c\r\nForwarded: for=10.0.0.1\r\nX-Forwarded-For: 10.0.0.1\r\n"
)


async def test_an_identity_that_a_client_sends_beside_its_token_goes_no_further(
    gateway: Gateway, edge: str, token: str, channel: grpc.aio.Channel
) -> None:
    headers = dict(line.lower().split(": ") for line in IDENTITIES.split("\r\n")[:-1])
    signed = ("authorization", token.removeprefix("Authorization: ").strip())
    stub = jobs_pb2_grpc.JobsServiceStub(channel)
    request = jobs_pb2.GetJobRequest(name=JOB)

    async with JobsRig(gateway) as jobs:
        await stub.GetJob(request, metadata=(signed, *headers.items()), timeout=30, wait_for_ready=True)
        answer = await raw(edge, get(f"/api/v1/{JOB}", token + IDENTITIES))

    by_grpc, by_http = jobs.seen
    assert answer.status == 200
    assert by_grpc["identity"] == by_http["identity"]
    assert not headers.keys() & (by_grpc["metadata"].keys() | by_http["metadata"].keys())
    assert "root" not in str(jobs.seen)
