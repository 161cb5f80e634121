"""Log lines: ids bound, secrets gone, other libraries' loggers included."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from studio_platform import logs
from studio_platform.settings import LogFormat, LogLevel

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Sets up JSON logs; the lines written since."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    logs.configure("probe", LogFormat.JSON, LogLevel.INFO, stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_has_service_level_time_and_the_bound_ids(lines: Lines) -> None:
    with logs.bound(job="j1", task="t1", run="r1"):
        logs.get_logger("studio").info("rendered", frames=24)
    logs.get_logger("studio").info("idle")

    first, second = lines()

    assert first["service"] == "probe"
    assert first["level"] == "info"
    assert first["timestamp"].endswith("Z")
    assert {name: first[name] for name in ("event", "job", "task", "run", "frames")} == {
        "event": "rendered",
        "job": "j1",
        "task": "t1",
        "run": "r1",
        "frames": 24,
    }
    assert "job" not in second


def test_secrets_are_redacted_at_any_depth(lines: Lines) -> None:
    logs.get_logger("studio").info(
        "signed in",
        password="p1",
        headers={"Authorization": "Bearer p2", "accept": "x"},
        settings=[{"value": SecretStr("p3")}],
        refresh_token="p4",
    )

    [line] = lines()

    assert not any(secret in json.dumps(line) for secret in ("p1", "p2", "p3", "p4"))
    assert line["headers"] == {"Authorization": "[redacted]", "accept": "x"}


def test_lines_below_the_level_are_not_written(lines: Lines) -> None:
    logs.get_logger("studio").debug("detail")

    assert lines() == []


def test_other_libraries_lines_look_the_same(lines: Lines) -> None:
    with logs.bound(request_id="q1"):
        logging.getLogger("asyncpg").warning("slow %s", "query")

    [line] = lines()

    assert (line["event"], line["logger"], line["request_id"]) == ("slow query", "asyncpg", "q1")


def test_an_exception_is_one_line(lines: Lines) -> None:
    logs.get_logger("studio").error("failed", exc_info=ValueError("broken"))

    [line] = lines()

    assert "ValueError: broken" in line["exception"]


async def test_ids_bound_in_one_task_are_not_in_another(lines: Lines) -> None:
    bound, written = asyncio.Event(), asyncio.Event()

    async def one() -> None:
        with logs.bound(job="j1"):
            bound.set()
            await written.wait()

    async def other() -> None:
        await bound.wait()
        logs.get_logger("studio").info("elsewhere")
        written.set()

    await asyncio.gather(one(), other())

    [line] = lines()
    assert "job" not in line
