"""Hostile bodies over a real socket: what is no JSON, what is too deep, too long or never ends."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx2
import pytest

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from tests.integration.gateway.rig import Gateway, JobsRig
from tests.integration.gateway.wire import GIBIBYTE, HOST, JSON, LOGIN, get, post, raw

SCREENPLAY_MAX_BYTES = 2 * 1024 * 1024

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
async def test_no_body_is_taken_for_what_it_is_not(edge: str, name: str) -> None:
    body, headers, status = BODIES[name]
    target = "/api/v1/auth/logout" if name == "both names of a field" else LOGIN

    answer = await raw(edge, post(target, body, headers))

    assert answer.status == status
    assert "Traceback" not in answer.body.decode()


async def test_the_largest_screenplay_passes_the_edge_and_one_byte_more_is_named(
    gateway: Gateway, edge: str, token: str
) -> None:
    target = "/api/v1/screenplays:parse"

    async with JobsRig(gateway):
        sizes = [SCREENPLAY_MAX_BYTES, SCREENPLAY_MAX_BYTES + 200_000]
        bodies = [b'{"content":"' + base64.b64encode(b"a" * size) + b'"}' for size in sizes]
        answers = [await raw(edge, post(target, body, JSON + token)) for body in bodies]

    # The service of this test knows no screenplays: what reaches it is UNIMPLEMENTED, or it is away yet.
    assert answers[0].status in (501, 503)
    assert (answers[1].status, answers[1].reason) == (413, "BODY_TOO_LARGE")


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
    gateway: Gateway, edge: str, told: str
) -> None:
    host, port = edge.split(":")
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


async def test_who_sends_a_little_too_much_reads_why_before_the_connection_ends(edge: str) -> None:
    body = bytes(5 * 1024 * 1024)

    async with httpx2.AsyncClient(timeout=60) as client:
        answer = await client.post(
            f"http://{edge}{LOGIN}", content=body, headers={"content-type": "application/json"}
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
async def test_a_connection_goes_on_after_a_small_refused_body(edge: str, target: str) -> None:
    first = post(target, b'{"a":1}', "Content-Type: text/plain\r\n")

    host, port = edge.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(first)
    refused = await reader.readuntil(b'"}}]}}')
    writer.write(get("/.well-known/jwks.json"))
    answered = await reader.readuntil(b"]}")
    writer.close()

    assert refused.startswith((b"HTTP/1.1 404", b"HTTP/1.1 415"))
    assert b"connection: close" not in refused
    assert answered.startswith(b"HTTP/1.1 200")
