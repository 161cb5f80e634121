"""A bare grpc.aio server: the service behind the gateway, and by itself the peer of forwarding.

    python -m bench.edge.inner 127.0.0.1:50051

It answers GetJob with the bytes of one job, decodes nothing and has no interceptors: it costs what
grpc.aio on uvloop does.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import grpc
import uvloop

from bench.edge.sample import GET_JOB, sample_job


class OneMethod(grpc.GenericRpcHandler):
    """Serves GetJob."""

    def __init__(self) -> None:
        answer = sample_job().SerializeToString()

        async def serve(_request: bytes, _context: Any) -> bytes:
            return answer

        self._handler: Any = grpc.unary_unary_rpc_method_handler(serve)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The one handler, None for other methods."""
        return self._handler if handler_call_details.method == GET_JOB else None


async def serve(address: str) -> None:
    """Answer until the process is ended."""
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((OneMethod(),))
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(sys.argv[1]))
