"""How often and how many at a time a provider is asked, by the real client on a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from studio_models.provider.choices import ProviderChoice
from studio_models.provider.client import ProviderClient
from studio_models.provider.paths import got
from studio_platform.clock import SystemClock
from studio_platform.engine import EngineFailure
from tests.integration.generators.conftest import KeptRun
from tests.integration.generators.provider import VIDEOS, FakeProvider, typed
from tests.integration.jobs.model_server import Exchange, body, fails, never_answers

PATH = f"{VIDEOS}/one"
OK = body(b"{}")


class RecordingClock(SystemClock):
    """The machine's time, but nobody waits: how long they would have is written down."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.waits.append(seconds)
        await asyncio.sleep(0)


@contextmanager
def asking(choice: ProviderChoice, clock: SystemClock | None = None) -> Iterator[ProviderClient]:
    client = ProviderClient(choice, clock)
    client.load()
    try:
        yield client
    finally:
        client.close()


def look(client: Any) -> AbstractAsyncContextManager[Any]:
    return got(client, "/videos/one")


def test_a_provider_that_asks_for_time_is_given_it(choice: ProviderChoice, fake: FakeProvider) -> None:
    clock = RecordingClock()
    fake.replies[PATH].extend([fails(429, retry_after="7"), fails(503, retry_after="3"), OK])

    with asking(choice, clock) as client:
        answer = client.ask(KeptRun(), look, 1_000)

    assert answer.tries == 3
    first, second = clock.waits
    assert 7 <= first <= 8.75
    assert 3 <= second <= 3.75


def test_a_provider_that_asks_for_too_much_time_is_given_up(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    clock = RecordingClock()
    fake.replies[PATH].append(fails(429, retry_after="3600"))

    with asking(choice, clock) as client, pytest.raises(EngineFailure) as caught:
        client.ask(KeptRun(), look, 1_000)

    assert (caught.value.reason, caught.value.permanent) == ("PROVIDER_BUSY", False)
    assert not clock.waits


def test_calls_wait_while_the_provider_says_that_none_remain(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    clock = RecordingClock()
    used_up = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"}
    fake.replies[PATH].extend([body(b"{}", 200, **used_up), OK])

    with asking(choice, clock) as client:
        client.ask(KeptRun(), look, 1_000)
        assert not clock.waits
        client.ask(KeptRun(), look, 1_000)

    assert len(clock.waits) == 1
    assert 80 < clock.waits[0] <= 90


def test_no_more_calls_are_made_at_a_time_than_the_settings_allow(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    both_asked = threading.Barrier(2)

    async def slow(exchange: Exchange) -> None:
        await asyncio.to_thread(both_asked.wait, 10)
        await OK(exchange)

    fake.replies[PATH].extend([slow] * 6)

    with asking(replace(choice, calls_max=2)) as client, ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: client.ask(KeptRun(), look, 1_000), range(6)))

    assert fake.at_once_max == 2


def test_an_answer_that_does_not_come_is_given_up_after_its_time(
    choice: ProviderChoice, fake: FakeProvider
) -> None:
    fake.replies[PATH].extend([never_answers, never_answers])

    with (
        asking(replace(choice, timeout_seconds=0.1, tries_max=2)) as client,
        pytest.raises(EngineFailure) as caught,
    ):
        client.ask(KeptRun(), look, 1_000)

    assert (caught.value.reason, caught.value.permanent) == ("PROVIDER_SLOW", False)


def test_an_answer_over_its_limit_is_not_read_to_its_end(choice: ProviderChoice, fake: FakeProvider) -> None:
    fake.replies[PATH].append(typed(bytes(5_000), "video/mp4"))

    with asking(choice) as client, pytest.raises(EngineFailure, match="TOO_LARGE"):
        client.ask(KeptRun(), look, 4_999)
