"""GET /api/v1/jobs/{job} by the gateway beside a FastAPI route, written by hand, with the same gRPC call.

    python -m bench.transcoding [--rounds 7] [--seconds 2] [--only-ours]

Both run on one core, each on uvicorn with httptools and uvloop; the service behind, which is bare, and the
callers run on the other. They take turns. bench/edge_peer/app.py is the route.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack

from bench.edge.callers import Round, connected, http_request
from bench.edge.cores import other_core, server_core
from bench.edge.rounds import Side, in_turns, on_callers_core, print_table
from bench.edge.servers import Served, bare, fastapi, gateway, postgres, signed_in

OURS = "the gateway, transcoding"
PEERS = {
    "FastAPI, models": ("models", "checked"),
    "FastAPI, a dict by hand": ("dict", "checked"),
    "FastAPI, a dict, tokens kept": ("dict", "kept"),
}
WANTED = 1.0


def measure(rounds: int, seconds: float, *, with_peers: bool = True) -> Mapping[str, list[Round]]:
    """The rounds of each side."""
    mine, theirs = server_core(), other_core()
    with ExitStack() as stack:
        server, inner = stack.enter_context(postgres()), stack.enter_context(bare(theirs))
        ours = stack.enter_context(gateway(server, inner.address, mine))

        async def run() -> Mapping[str, list[Round]]:
            token, keys = await signed_in(ours.address)
            served = {OURS: ours}
            for name, (form, tokens) in PEERS.items() if with_peers else ():
                served[name] = stack.enter_context(fastapi(inner.address, keys, mine, form, tokens))
            async with AsyncExitStack() as connections:
                sides = [await _side(name, one, token, connections) for name, one in served.items()]
                return await in_turns(sides, rounds, seconds)

        return on_callers_core(run)


async def _side(name: str, served: Served, token: str, stack: AsyncExitStack) -> Side:
    connections = await connected(served.http_address, http_request(token))
    for connection in connections:
        stack.callback(connection.close)
    return Side(name, served.process_id, [connection.call for connection in connections])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only-ours", action="store_true")
    given = parser.parse_args()
    print_table(measure(given.rounds, given.seconds, with_peers=not given.only_ours), OURS)
    print(f"wanted: {WANTED} of the hand-written route's")


if __name__ == "__main__":
    main()
