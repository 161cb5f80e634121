"""Ctrl-C while a job is watched: an event instead of an exception, and the question that follows."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

QUESTION = "Cancel the job, or leave it running? c = cancel, l = leave, Enter = go on watching: "
ANSWER_BYTES_MAX = 1024


class Answer(Enum):
    """What to do with the job."""

    CANCEL = "c"
    LEAVE = "l"
    GO_ON = ""


@contextmanager
def interrupts() -> Iterator[asyncio.Event]:
    """Set at each Ctrl-C; who waits clears it."""
    pressed = asyncio.Event()
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)
    loop.add_signal_handler(signal.SIGINT, pressed.set)
    try:
        yield pressed
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        # The loop's own, which cancels what runs; the removal leaves the one that raises anywhere.
        signal.signal(signal.SIGINT, before)


async def asked(pressed: asyncio.Event) -> Answer:
    """The person's answer; LEAVE where nobody can answer, at the input's end, and at another Ctrl-C."""
    if not sys.stdin.isatty():
        return Answer.LEAVE
    pressed.clear()
    while True:
        print(QUESTION, end="", file=sys.stderr, flush=True)
        line = await _line_or(pressed)
        if not line.endswith("\n"):
            print(file=sys.stderr)
            return Answer.LEAVE
        answer = _answer(line)
        if answer is not None:
            return answer


def _answer(line: str) -> Answer | None:
    first = line.strip().lower()[:1]
    return next((answer for answer in Answer if answer.value == first), None)


async def _line_or(pressed: asyncio.Event) -> str:
    """A line of standard input with its end; "" at the input's end or when `pressed` is set.

    Reading in a thread would hold the process up until somebody presses Enter.
    """
    loop = asyncio.get_running_loop()
    read: asyncio.Future[str] = loop.create_future()

    def take() -> None:
        loop.remove_reader(sys.stdin.fileno())
        read.set_result(os.read(sys.stdin.fileno(), ANSWER_BYTES_MAX).decode(errors="replace"))

    loop.add_reader(sys.stdin.fileno(), take)
    pressing = asyncio.ensure_future(pressed.wait())
    waited: set[asyncio.Future[Any]] = {read, pressing}
    try:
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    finally:
        loop.remove_reader(sys.stdin.fileno())
        pressing.cancel()
    return read.result() if read.done() else ""
