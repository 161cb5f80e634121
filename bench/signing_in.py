"""How late GetJob is while 20 people a second sign in, whose passwords are hashed one at a time.

    python -m bench.signing_in [--logins 20] [--calls 50] [--seconds 10]

Sign-ins and GetJob come at their own times, whether or not those before are answered. Sign-ins are of
addresses that nobody has, which costs as much. Gateway, the bare service behind it and the callers share all
cores. The same without sign-ins is measured before, in the same process.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import grpc

from bench.edge.callers import grpc_call
from bench.edge.latencies import percentile_ms
from bench.edge.rounds import on_any_core
from bench.edge.servers import PASSWORD, bare, gateway, postgres, signed_in
from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc

WANTED = "wanted: GetJob's p99 below 25 ms"


@dataclass(frozen=True, slots=True)
class SignInLoad:
    """Seconds of each GetJob without and with sign-ins, and what became of these, by gRPC code."""

    alone_seconds: list[float]
    beside_seconds: list[float]
    codes: dict[str, int]


def measure(logins: int, calls: int, seconds: float) -> SignInLoad:
    """First without sign-ins, then with."""
    with postgres() as server, bare(None) as inner, gateway(server, inner.address, None) as ours:

        async def run() -> SignInLoad:
            token, _ = await signed_in(ours.address)
            codes: collections.Counter[str] = collections.Counter()
            async with (
                grpc.aio.insecure_channel(ours.address) as way,
                grpc.aio.insecure_channel(
                    ours.address, options=[("grpc.use_local_subchannel_pool", 1)]
                ) as door,
            ):
                get_job = grpc_call(way, token)
                await get_job()
                alone = await at_rate(get_job, calls, seconds)
                beside, _ = await asyncio.gather(
                    at_rate(get_job, calls, seconds), at_rate(sign_in(door, codes), logins, seconds)
                )
            return SignInLoad(alone, beside, dict(codes))

        return on_any_core(run)


def sign_in(channel: grpc.aio.Channel, codes: collections.Counter[str]) -> Callable[[], Awaitable[None]]:
    """A sign-in of somebody whom nobody knows."""
    stub = auth_pb2_grpc.AuthServiceStub(channel)

    async def call() -> None:
        email = f"nobody-{time.perf_counter_ns()}@example.org"
        try:
            await stub.Login(auth_pb2.LoginRequest(email=email, password=PASSWORD), timeout=30)
        except grpc.aio.AioRpcError as error:
            codes[error.code().name] += 1

    return call


async def at_rate(call: Callable[[], Awaitable[None]], rate: int, seconds: float) -> list[float]:
    """Begin `rate` calls a second, late or not; the seconds that each took, from when it was due."""
    began = time.perf_counter()

    async def one(due: float) -> float:
        await call()
        return time.perf_counter() - due

    tasks = []
    for number in range(round(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    return list(await asyncio.gather(*tasks))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logins", type=int, default=20)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    seen = measure(given.logins, given.calls, given.seconds)
    for name, times in (("alone", seen.alone_seconds), ("beside sign-ins", seen.beside_seconds)):
        shown = "  ".join(f"p{share} {percentile_ms(times, share):.1f} ms" for share in (50, 99, 100))
        print(f"GetJob {name:16} {shown}")
    print("sign-ins: " + ", ".join(f"{count} {code}" for code, count in sorted(seen.codes.items())))
    print(WANTED)


if __name__ == "__main__":
    main()
