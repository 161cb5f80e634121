"""HTTP as bytes over a real socket: what a client library would never send, and the answer as it came."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

HOST = "Host: studio\r\n"
JSON = "Content-Type: application/json\r\n"
LOGIN = "/api/v1/auth/login"
GIBIBYTE = 1024**3


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
