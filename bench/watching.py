"""1,000 open streams through one gateway: how late an event is, and what the process holds.

    python -m bench.watching [--streams 1000] [--rate 200] [--seconds 10]

The service behind is in this process, on the callers' core: a bare server that sends an event into the
streams. So the times are from its sending to the watcher's reading, through the gateway; Postgres and the job
service are not in them. Watchers read by gRPC.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from bench.edge.cores import cpu_seconds, server_core
from bench.edge.latencies import percentile_ms
from bench.edge.rounds import on_callers_core
from bench.edge.servers import gateway, postgres, signed_in
from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.embedded.ports import free_ports

WATCH_JOB = "/filmstudio.jobs.v1.JobsService/WatchJob"
OPEN_SECONDS_MAX = 120.0
BURSTS = 5
WANTED = "wanted: p99 25 ms, the last of all 150 ms, 300 MB"


class Announcer(grpc.GenericRpcHandler):
    """Serves WatchJob: each stream waits for what is sent to its job."""

    def __init__(self) -> None:
        self.queues: dict[str, asyncio.Queue[int]] = {}
        self._handler: Any = grpc.unary_stream_rpc_method_handler(self._serve)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """The one handler, None for other methods."""
        return self._handler if handler_call_details.method == WATCH_JOB else None

    async def _serve(self, request: bytes, _context: Any) -> AsyncIterator[bytes]:
        queue = self.queues.setdefault(jobs_pb2.WatchJobRequest.FromString(request).name, asyncio.Queue())
        yield _update(0)
        while True:
            yield _update(await queue.get())


@dataclass(frozen=True, slots=True)
class Watched:
    """Seconds from sending to reading of each event; of each burst the last; and what the gateway used."""

    delays_seconds: list[float]
    last_seconds: list[float]
    memory_mb: float
    cpu_share: float


def measure(streams: int, rate: int, seconds: float) -> Watched:
    """Open the streams, send at the rate, then one event to all."""
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    with postgres() as server, gateway(server, address, server_core()) as ours:

        async def run() -> Watched:
            async with announcing(address) as announcer:
                token, _ = await signed_in(ours.address)
                async with grpc.aio.insecure_channel(ours.address) as channel:
                    watchers = Watchers(channel, token, streams)
                    await watchers.open()
                    before = cpu_seconds(ours.process_id)
                    await watchers.steadily(announcer, rate, seconds)
                    share = (cpu_seconds(ours.process_id) - before) / seconds
                    delays = watchers.taken()
                    lasts = [max(await watchers.at_once(announcer)) for _ in range(BURSTS)]
                    memory_mb = resident_mb(ours.process_id)
                    await watchers.close()
            return Watched(delays, lasts, memory_mb, share)

        return on_callers_core(run)


@asynccontextmanager
async def announcing(address: str) -> AsyncIterator[Announcer]:
    """The service behind."""
    announcer = Announcer()
    server = grpc.aio.server(handlers=[announcer], options=[("grpc.so_reuseport", 0)])
    server.add_insecure_port(address)
    await server.start()
    try:
        yield announcer
    finally:
        await server.stop(0)


class Watchers:
    """Open streams, a job each."""

    def __init__(self, channel: grpc.aio.Channel, token: str, streams: int) -> None:
        self._method: Any = channel.unary_stream(WATCH_JOB)
        self._metadata = (("authorization", f"Bearer {token}"),)
        self._names = [f"jobs/00000000-0000-7000-8000-{number:012d}" for number in range(streams)]
        self._tasks: list[asyncio.Task[None]] = []
        self._opened = asyncio.Semaphore(0)
        self._delays: list[float] = []
        self._heard = asyncio.Event()
        self._expected = 0

    async def open(self) -> None:
        """Return when every stream has had its first answer. Raises TimeoutError."""
        self._tasks = [asyncio.create_task(self._watch(name)) for name in self._names]
        async with asyncio.timeout(OPEN_SECONDS_MAX):
            for _ in self._names:
                await self._opened.acquire()

    async def close(self) -> None:
        """End the streams."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def steadily(self, announcer: Announcer, rate: int, seconds: float) -> None:
        """Send one event after another, each to the next job, and wait for the last."""
        began, events = time.perf_counter(), round(rate * seconds)
        self._expect(events)
        for number in range(events):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            announcer.queues[self._names[number % len(self._names)]].put_nowait(time.perf_counter_ns())
        await self._heard.wait()

    async def at_once(self, announcer: Announcer) -> list[float]:
        """Send one event to every watcher; the seconds until each had it."""
        self._expect(len(self._names))
        now = time.perf_counter_ns()
        for name in self._names:
            announcer.queues[name].put_nowait(now)
        await self._heard.wait()
        return self.taken()

    def taken(self) -> list[float]:
        """The delays so far, in seconds."""
        delays, self._delays = self._delays, []
        return delays

    def _expect(self, events: int) -> None:
        self._expected = events
        self._heard.clear()

    async def _watch(self, name: str) -> None:
        request = jobs_pb2.WatchJobRequest(name=name).SerializeToString()
        async for answer in self._method(request, metadata=self._metadata):
            sent = jobs_pb2.WatchJobResponse.FromString(answer).event.sequence
            if not sent:
                self._opened.release()
                continue
            self._delays.append((time.perf_counter_ns() - sent) / 1e9)
            if len(self._delays) >= self._expected:
                self._heard.set()


def _update(sequence: int) -> bytes:
    return jobs_pb2.WatchJobResponse(event=jobs_pb2.JobEvent(sequence=sequence)).SerializeToString()


def resident_mb(process_id: int) -> float:
    """Resident memory, MB of 1,024 kB."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    seen = measure(given.streams, given.rate, given.seconds)
    for share in (50, 99, 100):
        print(f"an event's delay, p{share}: {percentile_ms(seen.delays_seconds, share):.1f} ms")
    lasts = ", ".join(f"{last * 1000:.0f}" for last in seen.last_seconds)
    print(f"one event to {given.streams} watchers, the last after: {lasts} ms")
    print(f"the gateway: {seen.memory_mb:.0f} MB, {seen.cpu_share:.2f} of its core")
    print(WANTED)


if __name__ == "__main__":
    main()
