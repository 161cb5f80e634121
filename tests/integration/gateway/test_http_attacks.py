"""Hostile requests over a real socket: each gets the right status, and none reaches the service behind."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx2
import pytest

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_gateway.http.protocol import HEAD_MAX_BYTES
from tests.integration.gateway.rig import JOB, Gateway, JobsRig, registered

HOST = "Host: studio\r\n"
JSON = "Content-Type: application/json\r\n"
GIBIBYTE = 1024**3
SCREENPLAY_MAX_BYTES = 2 * 1024 * 1024
LOGIN = "/api/v1/auth/login"


@dataclass(frozen=True, slots=True)
class Answer:
    """As it came over the wire."""

    status: int
    head: str
    body: bytes

    @property
    def reason(self) -> str:
        """The reason of an error of ours."""
        return str(json.loads(self.body)["error"]["details"][0]["reason"])


async def raw(address: str, *parts: bytes) -> Answer:
    """Sends bytes as they are and reads one answer until its end, or until the other side closes."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        async with asyncio.timeout(30):
            for part in parts:
                writer.write(part)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            size = int(length[0].split(":")[1]) if length else 0
            body = b"" if parts[0].startswith(b"HEAD") else await reader.readexactly(size)
    finally:
        writer.close()
    return Answer(int(head.split(" ")[1]), head, body)


def get(target: str, headers: str = "") -> bytes:
    """A GET."""
    return f"GET {target} HTTP/1.1\r\n{HOST}{headers}\r\n".encode("latin-1")


def post(target: str, body: bytes, headers: str = JSON) -> bytes:
    """A POST with its length."""
    head = f"POST {target} HTTP/1.1\r\n{HOST}Content-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode("latin-1") + body


@pytest.fixture
async def token(channel: grpc.aio.Channel) -> str:
    """A header that signs in."""
    return f"Authorization: Bearer {(await registered(channel)).tokens.access_token}\r\n"


@pytest.fixture
async def web(gateway: Gateway, channel: grpc.aio.Channel) -> str:
    """Where the gateway, which is ready, answers HTTP."""
    del channel
    return gateway.http_address


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
async def test_no_path_leads_where_it_should_not(web: str, name: str) -> None:
    target, status = PATHS[name]

    answer = await raw(web, get(target))

    assert answer.status == status
    assert json.loads(answer.body)["error"]["code"] == status


DEEP = 10_000
BODIES = {
    "deep arrays": (b'{"email":' + b"[" * DEEP + b"]" * DEEP + b"}", JSON, 400),
    "deep objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, JSON, 400),
    "repeated name": (b'{"email":"a","email":"b"}', JSON, 400),
    "both names of a field": (b'{"refreshToken":"a","refresh_token":"b"}', JSON, 400),
    "NaN": (b'{"email":NaN}', JSON, 400),
    "half a surrogate": (b'{"email":"\\ud800","password":"p"}', JSON, 400),
    "no UTF-8": (b'{"email":"\xff"}', JSON, 400),
    "UTF-16": ('{"email":"a"}'.encode("utf-16"), JSON, 400),
    "an array": (b"[]", JSON, 400),
    "unknown field": (b'{"email":"a","password":"p","role":"admin"}', JSON, 400),
    "long password": (b'{"email":"a","password":"' + b"x" * 1_000_000 + b'"}', JSON, 413),
    "long password within the limit": (b'{"email":"a","password":"' + b"x" * 10_000 + b'"}', JSON, 400),
    "a form": (b"email=a", "Content-Type: application/x-www-form-urlencoded\r\n", 415),
    "plain text": (b"{}", "Content-Type: text/plain\r\n", 415),
    "no type": (b"{}", "", 415),
    "another charset": (b"{}", "Content-Type: application/json; charset=utf-16\r\n", 415),
    "compressed": (b"{}", JSON + "Content-Encoding: gzip\r\n", 415),
}


@pytest.mark.parametrize("name", BODIES)
async def test_no_body_is_taken_for_what_it_is_not(web: str, name: str) -> None:
    body, headers, status = BODIES[name]
    target = "/api/v1/auth/logout" if name == "both names of a field" else LOGIN

    answer = await raw(web, post(target, body, headers))

    assert answer.status == status
    assert "Traceback" not in answer.body.decode()


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
async def test_no_request_gets_past_its_limits(web: str, name: str) -> None:
    request, status = REQUESTS[name]

    answer = await raw(web, request)

    assert answer.status == status


async def test_a_tokens_header_that_gRPC_could_not_carry_is_no_fault_of_ours(web: str, token: str) -> None:  # noqa: N802
    answer = await raw(web, get("/api/v1/auth/me", token + "Accept-Language: \xe9\r\nTraceparent: \x80\r\n"))

    assert answer.status == 200


async def test_a_request_id_that_would_split_the_answer_is_not_given_back(web: str) -> None:
    answer = await raw(web, get("/nothing", "X-Request-Id: a b;<script>\r\n"))

    assert answer.status == 404
    assert "<script>" not in answer.head + answer.body.decode()


async def test_the_largest_screenplay_passes_the_edge_and_one_byte_more_is_named(
    gateway: Gateway, web: str, token: str
) -> None:
    target = "/api/v1/screenplays:parse"

    async with JobsRig(gateway):
        sizes = [SCREENPLAY_MAX_BYTES, SCREENPLAY_MAX_BYTES + 200_000]
        bodies = [b'{"content":"' + base64.b64encode(b"a" * size) + b'"}' for size in sizes]
        answers = [await raw(web, post(target, body, JSON + token)) for body in bodies]

    # The service of this test knows no screenplays: what reaches it is UNIMPLEMENTED, or it is away yet.
    assert answers[0].status in (501, 503)
    assert (answers[1].status, answers[1].reason) == (413, "BODY_TOO_LARGE")


async def test_no_path_reaches_the_service_for_one_who_is_signed_in_either(
    gateway: Gateway, web: str, token: str
) -> None:
    async with JobsRig(gateway) as jobs:
        answers = {
            name: await raw(web, get(target, token))
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
    gateway: Gateway, web: str, token: str, channel: grpc.aio.Channel
) -> None:
    headers = dict(line.lower().split(": ") for line in IDENTITIES.split("\r\n")[:-1])
    signed = ("authorization", token.removeprefix("Authorization: ").strip())
    stub = jobs_pb2_grpc.JobsServiceStub(channel)
    request = jobs_pb2.GetJobRequest(name=JOB)

    async with JobsRig(gateway) as jobs:
        await stub.GetJob(request, metadata=(signed, *headers.items()), timeout=30, wait_for_ready=True)
        answer = await raw(web, get(f"/api/v1/{JOB}", token + IDENTITIES))

    by_grpc, by_http = jobs.seen
    assert answer.status == 200
    assert by_grpc["identity"] == by_http["identity"]
    assert not headers.keys() & (by_grpc["metadata"].keys() | by_http["metadata"].keys())
    assert "root" not in str(jobs.seen)


def resident_bytes(process: int) -> int:
    """The memory of a process that is in use."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def zeros(count: int, *, in_chunks: bool) -> Iterator[bytes]:
    """A body in pieces."""
    piece = bytes(0x10000)
    for _ in range(count // len(piece)):
        yield b"10000\r\n" + piece + b"\r\n" if in_chunks else piece


def sent_until_refused(connection: socket.socket, head: bytes, pieces: Iterator[bytes]) -> int:
    """Bytes of the body that went out before the other side ended it."""
    connection.sendall(head)
    sent = 0
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            connection.sendall(piece)
            sent += len(piece)
    return sent


@pytest.mark.parametrize(
    "told", [f"Content-Length: {GIBIBYTE}", "Transfer-Encoding: chunked"], ids=["its length", "chunks"]
)
async def test_a_body_of_a_gibibyte_is_refused_early_and_takes_no_memory(
    gateway: Gateway, web: str, told: str
) -> None:
    host, port = web.split(":")
    before = resident_bytes(gateway.process.pid)

    # A thread for each way: a transport would drop an answer that came just before its own sending failed.
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        head = f"POST {LOGIN} HTTP/1.1\r\n{HOST}{JSON}{told}\r\n\r\n".encode()
        pieces = zeros(GIBIBYTE, in_chunks="chunked" in told)
        sent, answer = await asyncio.gather(
            asyncio.to_thread(sent_until_refused, connection, head, pieces),
            asyncio.to_thread(connection.recv, 64),
        )

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert sent < GIBIBYTE // 32
    assert resident_bytes(gateway.process.pid) - before < GIBIBYTE // 32


async def test_who_sends_a_little_too_much_reads_why_before_the_connection_ends(web: str) -> None:
    body = bytes(5 * 1024 * 1024)

    async with httpx2.AsyncClient(timeout=60) as client:
        answer = await client.post(
            f"http://{web}{LOGIN}", content=body, headers={"content-type": "application/json"}
        )

    assert answer.status_code == 413
    assert answer.json()["error"]["details"][0]["reason"] == "BODY_TOO_LARGE"


async def test_a_password_of_a_megabyte_is_refused_over_grpc_too(channel: grpc.aio.Channel) -> None:
    request = auth_pb2.LoginRequest(email="ada@example.org", password="x" * 1_000_000)

    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await auth_pb2_grpc.AuthServiceStub(channel).Login(request, timeout=30)

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "xxx" not in str(refused.value)


@pytest.mark.parametrize("target", ["/nothing", LOGIN])
async def test_a_connection_goes_on_after_a_small_refused_body(web: str, target: str) -> None:
    first = post(target, b'{"a":1}', "Content-Type: text/plain\r\n")

    host, port = web.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(first)
    refused = await reader.readuntil(b'"}}]}}')
    writer.write(get("/.well-known/jwks.json"))
    answered = await reader.readuntil(b"]}")
    writer.close()

    assert refused.startswith((b"HTTP/1.1 404", b"HTTP/1.1 415"))
    assert b"connection: close" not in refused
    assert answered.startswith(b"HTTP/1.1 200")
