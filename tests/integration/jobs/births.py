"""A program that has imported the job service and forks itself into it, again at once whenever it was killed.

Imports are most of what a start costs, and here is one after each kill (docs/adr/0013). It ends with its
input, and its service with it. `births.py STRUCK_FOLDER STAGES`: the points of a stage, a JSON list of lists,
are armed when all points of the stages before it have struck. It tells each end on its output, a line each.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from studio_jobs.__main__ import main as become_jobs
from studio_platform.embedded.commands import death_pact


def main() -> None:
    """Keep one service running until nobody holds the other end of the input."""
    struck, stages = Path(sys.argv[1]), json.loads(sys.argv[2])
    # What lives now lives for good: no collection shall copy its pages in each fork.
    gc.collect()
    gc.freeze()
    while True:
        pid, ending = born(faults(struck, stages))
        goes_on = has_ended(ending)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(ending)
        if not goes_on:
            return
        print(os.waitstatus_to_exitcode(status), flush=True)


def faults(struck: Path, stages: Sequence[Sequence[str]]) -> str:
    """FILM_FAULTS: the stages whose points have all struck, and the next."""
    armed: list[str] = []
    for points in stages:
        armed += points
        if not all((struck / point).exists() for point in points):
            break
    return ",".join(f"{point}=kill@{struck / point}" for point in armed)


def born(film_faults: str) -> tuple[int, int]:
    """The process of a new service, and a descriptor that ends with it."""
    make_pact = death_pact(signal.SIGKILL)
    ending, living = os.pipe()
    pid = os.fork()
    if pid:
        os.close(living)
        return pid, ending
    if make_pact is not None:
        make_pact()
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    os.environ["FILM_FAULTS"] = film_faults
    # As the service's own program without arguments: to serve.
    del sys.argv[1:]
    become_jobs()
    sys.exit()


def has_ended(ending: int) -> bool:
    """Return when the service has ended, or the input: False."""
    with selectors.DefaultSelector() as selector:
        for source in (ending, sys.stdin.fileno()):
            selector.register(source, selectors.EVENT_READ)
        ready = {key.fd for key, _ in selector.select()}
    return sys.stdin.fileno() not in ready


if __name__ == "__main__":
    main()
