"""Forwarded, authenticated gRPC calls beside a bare grpc.aio server on the same core.

    python -m bench.forwarding [--rounds 7] [--seconds 2]

The gateway's process forwards GetJob for a signed-in caller to a bare server on the other core; the peer is
that bare server on the gateway's core. Callers run on the other core. They take turns.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

import grpc

from bench.edge.callers import LANES, Round, grpc_call
from bench.edge.cores import other_core, server_core
from bench.edge.rounds import Side, in_turns, on_callers_core, print_table
from bench.edge.servers import bare, gateway, postgres, signed_in

OURS, BARE = "the gateway, forwarding", "bare grpc.aio"
WANTED = 0.45


def measure(rounds: int, seconds: float) -> Mapping[str, list[Round]]:
    """The rounds of both sides."""
    mine, theirs = server_core(), other_core()
    with (
        postgres() as server,
        bare(theirs) as inner,
        bare(mine) as peer,
        gateway(server, inner.address, mine) as ours,
    ):

        async def run() -> Mapping[str, list[Round]]:
            token, _ = await signed_in(ours.address)
            async with (
                grpc.aio.insecure_channel(ours.address) as way,
                grpc.aio.insecure_channel(peer.address) as bare_way,
            ):
                sides = [
                    Side(OURS, ours.process_id, [grpc_call(way, token)] * LANES),
                    Side(BARE, peer.process_id, [grpc_call(bare_way, token)] * LANES),
                ]
                return await in_turns(sides, rounds, seconds)

        return on_callers_core(run)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0)
    given = parser.parse_args()
    print_table(measure(given.rounds, given.seconds), OURS)
    print(f"wanted: {WANTED} of the bare server's")


if __name__ == "__main__":
    main()
