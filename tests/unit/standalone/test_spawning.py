"""A service forked by the nursery is as one started as a program, and its nursery's end is noticed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from studio_platform.embedded.accounts import ServerAccount
from studio_platform.embedded.commands import Command
from studio_standalone.home import Home
from studio_standalone.nursery import Room
from studio_standalone.processes import start_time
from studio_standalone.spawning import (
    STATUS_UNKNOWN,
    Nursery,
    Running,
    birth_of,
    nursery_works,
    spawn_program,
)

pytestmark = pytest.mark.skipif(not nursery_works(), reason="no forks of a nursery here")

TELL = """
import json, os, sys
print(json.dumps({
    "name": __name__,
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "arguments": sys.argv[1:],
    "input": os.read(0, 1).decode(),
    "descriptors": sorted(fd for fd in range(256) if os.path.exists(f"/proc/self/fd/{fd}")),
    "threads": len(os.listdir("/proc/self/task")),
    "leads": os.getsid(0) == os.getpgid(0) == os.getpid(),
    "line": open("/proc/self/cmdline", "rb").read().rstrip(b"\\0 ").replace(b"\\0", b" ").decode(),
    "modules": sorted(sys.modules),
}))
print("to the other output", file=sys.stderr)
"""
WAIT = "import signal; print('waiting', flush=True); signal.pause()"
FAIL = "raise SystemExit(7)"
END_SECONDS_MAX = 10.0


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    for name, program in {"tell": TELL, "wait": WAIT, "fail": FAIL}.items():
        (home.path / f"{name}.py").write_text(program)
    return home


@pytest.fixture
async def nursery(home: Home) -> AsyncIterator[Nursery]:
    nursery = Nursery(home, os.environ)
    yield nursery
    await nursery.close()


def command(home: Home, module: str, **environment: str) -> Command:
    return Command((sys.executable, "-m", module), home.path, environment)


async def output_of(process: Running) -> bytes:
    assert process.stdout is not None
    return await process.stdout.read()


async def end_of(process: Running) -> int:
    """Its status, when its output is closed too."""
    await output_of(process)
    return await process.wait()


async def end_of_pids(pids: Sequence[int]) -> None:
    """Return when there are no such processes. Raises TimeoutError."""
    async with asyncio.timeout(END_SECONDS_MAX):
        while any(start_time(pid) for pid in pids):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.01)


async def told_by(process: Running) -> Mapping[str, Any]:
    lines = (await output_of(process)).splitlines()
    told: dict[str, Any] = json.loads(next(line for line in lines if line.startswith(b"{")))
    return told


@pytest.mark.parametrize("room", Room)
async def test_a_fork_finds_what_a_program_finds(nursery: Nursery, home: Home, room: Room) -> None:
    wanted = command(home, "tell", LANG="C.UTF-8", FILM_SECRET="one")

    fork = await told_by(await nursery.spawner(room)(wanted))
    program = await told_by(await spawn_program(wanted))

    assert fork["name"] == "__main__"
    assert {key: fork[key] for key in fork if key != "modules"} == {
        key: program[key] for key in program if key != "modules"
    }


async def test_a_fork_finds_the_modules_of_its_room(nursery: Nursery, home: Home) -> None:
    servers = set((await told_by(await nursery.spawner(Room.SERVERS)(command(home, "tell"))))["modules"])
    stores = set((await told_by(await nursery.spawner(Room.STORES)(command(home, "tell"))))["modules"])

    assert {"grpc", "pydantic", "protovalidate"} <= servers
    assert not {"minio", "nats"} & servers
    assert servers | {"minio", "nats"} <= stores


async def test_both_outputs_of_a_fork_are_one(nursery: Nursery, home: Home) -> None:
    process = await nursery.spawner(Room.SERVERS)(command(home, "tell"))

    assert b"to the other output" in await output_of(process)
    assert await end_of(process) == 0


async def test_the_status_of_a_fork_is_told(nursery: Nursery, home: Home) -> None:
    spawn = nursery.spawner(Room.STORES)
    failing, waiting = await asyncio.gather(spawn(command(home, "fail")), spawn(command(home, "wait")))

    assert await end_of(failing) == 7
    assert waiting.returncode is None

    waiting.send_signal(signal.SIGUSR1)

    assert await end_of(waiting) == -signal.SIGUSR1
    with pytest.raises(ProcessLookupError):
        waiting.kill()


async def test_forks_end_with_their_nursery_and_the_next_come_from_another(
    nursery: Nursery, home: Home
) -> None:
    spawn = nursery.spawner(Room.STORES)
    process = await spawn(command(home, "wait"))
    assert process.stdout is not None
    assert await process.stdout.readline() == b"waiting\n"
    first = parent_of(process.pid)

    os.kill(first, signal.SIGKILL)

    assert await end_of(process) == STATUS_UNKNOWN
    assert start_time(process.pid) == ""
    again = await spawn(command(home, "wait"))
    assert parent_of(again.pid) not in {first, os.getpid()}
    await nursery.close()
    await end_of(again)


async def test_nothing_is_left_of_a_closed_nursery(nursery: Nursery, home: Home) -> None:
    processes = [await nursery.spawner(room)(command(home, "wait")) for room in Room]
    rooms = [parent_of(process.pid) for process in processes]

    await nursery.close()

    for process in processes:
        await end_of(process)
    await end_of_pids(rooms)


async def test_without_a_nursery_a_service_is_a_program(
    home: Home, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "setproctitle.py").write_text("raise ImportError('broken')")
    nursery = Nursery(home, {**os.environ, "PYTHONPATH": str(tmp_path)})

    process = await nursery.spawner(Room.SERVERS)(command(home, "fail"))

    assert await end_of(process) == 7
    assert "no fork to be had" in capfd.readouterr().err
    assert "broken" in home.log_file("nursery").read_text()
    await nursery.close()


@pytest.mark.parametrize(
    "unlike",
    [
        Command(("/bin/true",), Path("/")),
        Command((sys.executable, "-m", "tell", "more"), Path("/")),
        Command((sys.executable, "-m", "tell"), Path("/"), account=ServerAccount(65534, 65534)),
        Command((sys.executable, "-m", "tell"), Path("/"), death_signal=None),
        Command((sys.executable, "-m", "tell"), Path("/"), inherited_fds=(5,)),
    ],
)
def test_what_a_fork_cannot_be_is_refused(unlike: Command) -> None:
    with pytest.raises(ValueError, match="no fork can be"):
        birth_of(unlike)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
