"""A process starts in order, lives, drains and closes in reverse; whatever ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from studio_platform.lifecycle import Lifecycle
from studio_platform.settings import ServerSettings

SETTINGS = ServerSettings(listen="127.0.0.1:0", health_listen="127.0.0.1:0", drain_grace_seconds=5)

PROGRAM = """
import asyncio, sys
from studio_platform.lifecycle import run
from studio_platform.settings import ServerSettings, load

async def main(lifecycle):
    async def work():
        print("started", flush=True)
        await lifecycle.stopping.wait()
        print("drained", flush=True)
    lifecycle.spawn("work", work())
    async def close():
        print("closed", flush=True)
    lifecycle.on_close(close)
    if "slow" in sys.argv:
        print("starting", flush=True)
        await asyncio.Event().wait()

run("probe", main, load(ServerSettings))
"""


async def http_get(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """Status and body of one request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: probe\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


@asynccontextmanager
async def dependency(name: str, order: list[str]) -> AsyncIterator[str]:
    """Notes when it opens and closes."""
    order.append(f"{name} opened")
    try:
        yield name
    finally:
        order.append(f"{name} closed")


async def test_dependencies_close_in_reverse_after_the_siblings_have_ended() -> None:
    order: list[str] = []

    async def main(lifecycle: Lifecycle) -> None:
        await lifecycle.enter(dependency("database", order))
        await lifecycle.enter(dependency("broker", order))

        async def relay() -> None:
            await lifecycle.stopping.wait()
            order.append("relay ended")

        lifecycle.spawn("relay", relay())
        lifecycle.stop("test")

    code = await Lifecycle("probe", SETTINGS).live(main)

    assert code == 0
    assert order == ["database opened", "broker opened", "relay ended", "broker closed", "database closed"]


async def test_a_sibling_that_fails_ends_the_process_and_its_dependencies_close() -> None:
    order: list[str] = []

    async def main(lifecycle: Lifecycle) -> None:
        await lifecycle.enter(dependency("database", order))

        async def broken() -> None:
            raise RuntimeError("the relay broke")

        lifecycle.spawn("relay", broken())

    code = await Lifecycle("probe", SETTINGS).live(main)

    assert code == 1
    assert order[-1] == "database closed"


async def test_a_sibling_that_returns_too_early_is_a_failure() -> None:
    async def main(lifecycle: Lifecycle) -> None:
        async def done() -> None:
            return

        lifecycle.spawn("relay", done())

    assert await Lifecycle("probe", SETTINGS).live(main) == 1


async def test_a_sibling_that_does_not_drain_is_cancelled_after_the_grace() -> None:
    cancelled: list[bool] = []
    settings = SETTINGS.model_copy(update={"drain_grace_seconds": 0.02})

    async def main(lifecycle: Lifecycle) -> None:
        async def stubborn() -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(True)
                raise

        lifecycle.spawn("stubborn", stubborn())
        await asyncio.sleep(0)
        lifecycle.stop("test")

    assert await Lifecycle("probe", settings).live(main) == 0
    assert cancelled == [True]


async def test_a_failing_start_closes_what_was_open() -> None:
    order: list[str] = []

    async def main(lifecycle: Lifecycle) -> None:
        await lifecycle.enter(dependency("database", order))
        raise RuntimeError("no broker")

    with pytest.raises(RuntimeError, match="no broker"):
        await Lifecycle("probe", SETTINGS).live(main)

    assert order == ["database opened", "database closed"]


async def test_probes_say_alive_while_starting_and_ready_once_started() -> None:
    seen: list[tuple[str, int]] = []
    lifecycle = Lifecycle("probe", SETTINGS)

    async def probe(when: str) -> None:
        for path in ("/healthz", "/readyz"):
            status, _ = await http_get(lifecycle.health_port, path)
            seen.append((f"{when} {path}", status))

    async def main(_lifecycle: Lifecycle) -> None:
        async def watch() -> None:
            await probe("living")
            lifecycle.stop("test")

        await probe("starting")
        lifecycle.spawn("watch", watch())

    await lifecycle.live(main)

    assert seen == [
        ("starting /healthz", 200),
        ("starting /readyz", 503),
        ("living /healthz", 200),
        ("living /readyz", 200),
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/metrics", 200), ("GET", "/nothing", 404), ("POST", "/healthz", 405), ("GET /x", "/y", 400)],
)
async def test_the_health_server_answers_only_what_it_has(method: str, path: str, status: int) -> None:
    answers: list[tuple[int, bytes]] = []

    async def main(lifecycle: Lifecycle) -> None:
        answers.append(await http_get(lifecycle.health_port, path, method))
        lifecycle.stop("test")

    await Lifecycle("probe", SETTINGS).live(main)

    assert answers[0][0] == status


def spawn(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """The program as a process of its own."""
    environment = {
        **os.environ,
        "FILM_LISTEN": "127.0.0.1:0",
        "FILM_HEALTH_LISTEN": "127.0.0.1:0",
        **{name: str(value) for name, value in options.items() if name.startswith("FILM_")},
    }
    pass_fds = options.get("pass_fds", ())
    assert isinstance(pass_fds, tuple)
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=pass_fds,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_the_process(number: signal.Signals) -> None:
    with spawn() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        process.send_signal(number)
        rest = process.stdout.read()

    assert rest == "drained\nclosed\n"
    assert process.returncode == 0


def test_a_signal_while_starting_ends_the_start() -> None:
    with spawn("slow") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "starting\n"
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()

    assert rest.endswith("drained\nclosed\n")
    assert process.returncode == 0


def test_the_end_of_the_parent_drains_the_process() -> None:
    reading, writing = os.pipe()
    with spawn(FILM_PARENT_PIPE_FD=reading, pass_fds=(reading,)) as process:
        os.close(reading)
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        os.close(writing)
        rest = process.stdout.read()

    assert rest == "drained\nclosed\n"
    assert process.returncode == 0
