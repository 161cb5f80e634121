"""Stills by a model through the whole image generator, beside the same pipeline called in a loop.

    make .venv-models/set-up && PATH=.venv/bin:$PATH .venv-models/bin/python -m bench.model_stills

Both sides draw with a Stable Diffusion XL of random weights on the CPU, encode a PNG and store it in the same
S3; the generator is a process of its own, with its orders in NATS. The sides take turns, a ratio a round.
While the generator draws, its probes are asked; and its start is set beside what importing and loading take
alone.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # has no stubs

from bench.edge.latencies import percentile_ms
from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.engines.storyboard.lens import png_of
from studio_models.choices import ModelChoice
from studio_platform.broker import OutMessage
from studio_platform.embedded.ports import free_ports
from studio_platform.jetstream import JetStreamBroker, open_broker
from studio_platform.keys import content_key_of
from studio_platform.objects import ObjectStore
from studio_platform.pools import engine_ref
from studio_platform.s3 import open_objects
from studio_platform.settings import BrokerSettings
from studio_platform.testing.buckets import Bucket, fresh_bucket
from studio_platform.testing.servers import NatsServer, S3Server
from studio_platform.topology import RESULTS_CONSUMER, pool_consumer, task_subject

WORKSPACE = "00000000-0000-7000-8000-00000000000a"
POOL = "diffusers-still"
PROMPT = "Close-up, exterior, harbour pier, dusk. Rain falls on the boats. The lighthouse turns."
START_SECONDS_MAX = 600
PROBE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """What both sides draw: pictures a round, their side, steps, and rounds."""

    model: Path
    pictures: int
    side_px: int
    steps: int
    rounds: int

    @property
    def choice(self) -> ModelChoice:
        """The model as both load it."""
        return ModelChoice(str(self.model), device="cpu", steps=self.steps)


@dataclass(slots=True)
class Generator:
    """The running image generator, how long it took to be ready, and what its probes took, s."""

    address: str
    health: str
    ready_seconds: float
    probes: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)

    async def watched(self, done: asyncio.Event) -> None:
        """Ask its probes until `done`."""
        async with grpc.aio.insecure_channel(self.address) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            while not done.is_set():
                began = time.perf_counter()
                await asyncio.to_thread(_readable, self.health)
                self.probes.append(time.perf_counter() - began)
                began = time.perf_counter()
                await stub.Check(health_pb2.HealthCheckRequest())
                self.calls.append(time.perf_counter() - began)
                await asyncio.sleep(PROBE_SECONDS)


@contextmanager
def running_generator(load: Load, nats_url: str, bucket: Bucket, folder: Path) -> Iterator[Generator]:
    """The generator as a pod runs it, once it is ready."""
    port, health_port, gateway_port = free_ports(3)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FILM_")},
        "FILM_IMAGEGEN_ENGINE": "diffusers",
        "FILM_IMAGEGEN_MODEL": str(load.model),
        "FILM_IMAGEGEN_DEVICE": "cpu",
        "FILM_IMAGEGEN_STEPS": str(load.steps),
        "FILM_LISTEN": f"127.0.0.1:{port}",
        "FILM_HEALTH_LISTEN": f"127.0.0.1:{health_port}",
        "FILM_GATEWAY_ADDRESS": f"127.0.0.1:{gateway_port}",
        "FILM_NATS_URL": nats_url,
        "FILM_S3_ENDPOINT": bucket.endpoint,
        "FILM_S3_ACCESS_KEY": bucket.generator.access_key,
        "FILM_S3_SECRET_KEY": bucket.generator.secret_key,
        "FILM_S3_BUCKET": bucket.name,
    }
    health = f"http://127.0.0.1:{health_port}/readyz"
    began = time.monotonic()
    with (folder / "imagegen.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "studio_imagegen"], env=environment, stderr=log)
    try:
        while not _readable(health):
            if process.poll() is not None or time.monotonic() > began + START_SECONDS_MAX:
                raise RuntimeError((folder / "imagegen.log").read_text()[-2000:])
            time.sleep(0.02)
        yield Generator(f"127.0.0.1:{port}", health, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait()


def _readable(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an address of our own
            return bool(answer.status == 200)
    except OSError:
        return False


def alone_seconds(load: Load) -> float:
    """What a process of its own takes to import what the generator does, and to load and warm the model."""
    script = (
        "import time; began = time.monotonic()\n"
        "import studio_imagegen.__main__\n"
        "from pathlib import Path\n"
        "from bench.model_stills import DiffusersEngine, Load\n"
        f"DiffusersEngine(Load(Path({str(load.model)!r}), 1, 64, {load.steps}, 1).choice).load()\n"
        "print(time.monotonic() - began)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1])


class Loop:
    """The peer: the pipeline in a loop."""

    def __init__(self, load: Load, objects: ObjectStore) -> None:
        self._load = load
        self._objects = objects
        self._engine = DiffusersEngine(load.choice)
        self._engine.load()

    async def seconds(self, seeds: Sequence[int]) -> float:
        """What so many pictures take, one after the other."""
        began = time.perf_counter()
        for seed in seeds:
            await self._objects.put_if_absent(
                f"loop/{seed}.png", data=png_of(self._drawn(seed)), media_type="image/png"
            )
        return time.perf_counter() - began

    def _drawn(self, seed: int) -> Any:
        import torch

        side = self._load.side_px
        pipeline = self._engine._pipeline
        with torch.inference_mode():
            made = pipeline(
                prompt=PROMPT,
                negative_prompt="",
                width=side,
                height=side,
                num_inference_steps=self._load.steps,
                generator=torch.Generator("cpu").manual_seed(seed),
            )
        return made.images[0]


async def service_seconds(load: Load, broker: JetStreamBroker, seeds: Sequence[int]) -> float:
    """What as many orders of the queue take, until the last result is there."""
    began = time.perf_counter()
    await broker.publish_batch([_order(load, seed) for seed in seeds])
    left = len(seeds)
    while left:
        for delivery in await broker.fetch(RESULTS_CONSUMER, left, 5):
            result = message_pb2.RunResult.FromString(delivery.payload)
            await delivery.ack()
            assert result.HasField("success"), result
            left -= 1
    return time.perf_counter() - began


def _order(load: Load, seed: int) -> OutMessage:
    described = DiffusersEngine(load.choice).describe()
    size = task_pb2.Size(width_px=load.side_px, height_px=load.side_px)
    body = message_pb2.RunBody(
        spec=task_pb2.TaskSpec(
            kind=task_pb2.TASK_KIND_STILL,
            engine=engine_ref(described),
            seed=seed,
            still=task_pb2.StillSpec(size=size, prompt=PROMPT),
        )
    )
    order = message_pb2.RunOrder(
        run_id=f"run-{seed}",
        workspace_id=WORKSPACE,
        dispatch=1,
        content_key=content_key_of(body).hex(),
        deadline_seconds=900,
        inline=body,
    )
    return OutMessage(task_subject("still", POOL, order.run_id, 1), order.SerializeToString(), f"{seed}")


@asynccontextmanager
async def _broker(nats_url: str) -> AsyncIterator[JetStreamBroker]:
    async with open_broker(BrokerSettings(nats_url=nats_url), "jobs") as opened:
        await opened.ensure()
        await opened.ensure_pool_consumer(pool_consumer(POOL, 30, "still"))
        yield opened


async def compared(load: Load, nats_url: str, bucket: Bucket, folder: Path) -> None:
    """Run the rounds and print what they came to."""
    alone = alone_seconds(load)
    print(f"importing and loading alone takes {alone:.1f} s", flush=True)
    async with _broker(nats_url) as broker, open_objects(bucket.settings()) as objects:
        with running_generator(load, nats_url, bucket, folder) as generator:
            print(f"the generator is ready in {generator.ready_seconds:.1f} s", flush=True)
            loop = Loop(load, objects)
            await loop.seconds([0])
            await service_seconds(load, broker, [0])
            ratios = [await _round(load, broker, generator, loop, number) for number in range(load.rounds)]
    print(f"service to loop, images/s: median {statistics.median(ratios):.2f} of {sorted(ratios)}")
    for name, taken in (("/readyz", generator.probes), ("grpc health", generator.calls)):
        print(
            f"{name} while it draws, ms: p50 {percentile_ms(taken, 50):.1f},"
            f" p99 {percentile_ms(taken, 99):.1f} of {len(taken)}"
        )


async def _round(load: Load, broker: JetStreamBroker, generator: Generator, loop: Loop, number: int) -> float:
    """The service's pictures a second by the loop's."""
    seeds = range(1 + number * load.pictures, 1 + (number + 1) * load.pictures)
    by_loop = await loop.seconds(seeds)
    done = asyncio.Event()
    watching = asyncio.create_task(generator.watched(done))
    by_service = await service_seconds(load, broker, seeds)
    done.set()
    await watching
    print(f"  round {number + 1}: loop {by_loop:.2f} s, service {by_service:.2f} s", flush=True)
    return round(by_loop / by_service, 3)


def main() -> None:
    """Read the command line and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="film-bench-") as made:
        from tests.models.tiny import save_sdxl

        folder = Path(made)
        folder.chmod(0o711)
        load = Load(
            save_sdxl(folder / "tiny-sdxl"), options.pictures, options.side, options.steps, options.rounds
        )
        nats, store = NatsServer.make(folder / "nats"), S3Server.make(folder / "s3")
        nats.process.start()
        store.process.start()
        try:
            with fresh_bucket(store) as bucket:
                asyncio.run(compared(load, nats.url, bucket, folder))
        finally:
            nats.process.stop()
            store.process.kill()


if __name__ == "__main__":
    main()
