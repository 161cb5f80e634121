"""Stills by a model through the whole image generator, beside the same pipeline called in a loop.

    make .venv-models/set-up && PATH=.venv/bin:$PATH .venv-models/bin/python -m bench.model_stills

Both sides draw with a Stable Diffusion XL of random weights on the CPU, encode a PNG and store it in the same
S3; the generator is a process of its own, with its orders in NATS. The sides take turns, a ratio a round.
While the generator draws, its probes are asked, and those of another that does nothing: what both take is the
machine's. Its start is set beside what importing and loading take alone. Where others use the machine, go by
the time of processors.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.model_generator import Generator, Taken, running_generator
from filmstudio.generation.v1 import message_pb2, task_pb2
from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.engines.storyboard.lens import png_of
from studio_models.choices import ModelChoice
from studio_platform.broker import OutMessage
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


@dataclass(frozen=True, slots=True)
class Load:
    """What both sides draw: pictures a round, their side, steps, and rounds; how often starts are timed."""

    model: Path
    pictures: int
    side_px: int
    steps: int
    rounds: int
    starts: int

    @property
    def choice(self) -> ModelChoice:
        """The model as both load it."""
        return ModelChoice(str(self.model), device="cpu", steps=self.steps)


def alone(load: Load) -> Taken:
    """What a process of its own takes to import what the generator does, and to load and warm the model."""
    script = (
        "import time; began = time.monotonic()\n"
        "import studio_imagegen.__main__\n"
        "from studio_imagegen.engines.diffusers.engine import DiffusersEngine\n"
        "from studio_models.choices import ModelChoice\n"
        f"DiffusersEngine(ModelChoice({str(load.model)!r}, device='cpu', steps={load.steps})).load()\n"
        "print(time.monotonic() - began, time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    seconds, cpu_seconds = map(float, done.stdout.splitlines()[-1].split())
    return Taken(seconds, cpu_seconds)


class Loop:
    """The peer: the pipeline in a loop."""

    def __init__(self, load: Load, objects: ObjectStore) -> None:
        self._load = load
        self._objects = objects
        self._engine = DiffusersEngine(load.choice)
        self._engine.load()

    async def taken(self, seeds: Sequence[int]) -> Taken:
        """What so many pictures take, one after the other."""
        began, cpu_began = time.perf_counter(), time.process_time()
        for seed in seeds:
            await self._objects.put_if_absent(
                f"loop/{seed}.png", data=png_of(self._drawn(seed)), media_type="image/png"
            )
        return Taken(time.perf_counter() - began, time.process_time() - cpu_began)

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
    drawing = {
        "FILM_IMAGEGEN_ENGINE": "diffusers",
        "FILM_IMAGEGEN_MODEL": str(load.model),
        "FILM_IMAGEGEN_DEVICE": "cpu",
        "FILM_IMAGEGEN_STEPS": str(load.steps),
    }
    async with _broker(nats_url) as broker, open_objects(bucket.settings()) as objects:
        for _ in range(load.starts):
            print(f"importing and loading alone takes {alone(load)}", flush=True)
            with running_generator(drawing, nats_url, bucket, folder / "start.log") as started:
                print(f"the generator is ready in {started.start}", flush=True)
        with (
            running_generator(drawing, nats_url, bucket, folder / "imagegen.log") as generator,
            running_generator(
                {"FILM_IMAGEGEN_ENGINE": "null"}, nats_url, bucket, folder / "idle.log"
            ) as idle,
        ):
            loop = Loop(load, objects)
            await loop.taken([0])
            await service_seconds(load, broker, [0])
            rounds = [
                await _round(load, broker, (generator, idle), loop, number) for number in range(load.rounds)
            ]
    for what, ratios in zip(("by the clock", "by processor time"), zip(*rounds, strict=True), strict=True):
        print(f"service to loop, images/s {what}: median {statistics.median(ratios):.2f} of {sorted(ratios)}")
    generator.print_probes("while it draws")
    idle.print_probes("of one that does nothing, at the same time")


async def _round(
    load: Load, broker: JetStreamBroker, watched: Sequence[Generator], loop: Loop, number: int
) -> tuple[float, float]:
    """The service's pictures by the loop's, a second and a processor's second. The first watched draws."""
    seeds = range(1 + number * load.pictures, 1 + (number + 1) * load.pictures)
    by_loop = await loop.taken(seeds)
    done = asyncio.Event()
    watching = [asyncio.create_task(each.watched(done)) for each in watched]
    cpu_before = watched[0].cpu_seconds
    by_service = await service_seconds(load, broker, seeds)
    taken = Taken(by_service, watched[0].cpu_seconds - cpu_before)
    done.set()
    await asyncio.gather(*watching)
    print(f"  round {number + 1}: loop {by_loop}, service {taken}", flush=True)
    return round(by_loop.seconds / by_service, 3), round(by_loop.cpu_seconds / taken.cpu_seconds, 3)


def main() -> None:
    """Read the command line and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="film-bench-") as made:
        from tests.models.tiny import save_sdxl

        folder = Path(made)
        folder.chmod(0o711)
        model = save_sdxl(folder / "tiny-sdxl")
        load = Load(model, options.pictures, options.side, options.steps, options.rounds, options.starts)
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
