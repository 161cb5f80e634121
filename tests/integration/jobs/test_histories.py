"""Whatever two replicas, workers and clients do at the same time, the laws hold on the real Postgres."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from structlog.testing import capture_logs

import studio_jobs
from studio_jobs.domain.states import JobState, TaskKind
from studio_platform.database import Database, open_database
from studio_platform.settings import DatabaseSettings
from studio_platform.testing.servers import PostgresServer
from tests.integration.jobs import theatre
from tests.integration.jobs.histories import (
    LOOPS,
    Act,
    Cancel,
    Finish,
    Meddle,
    Pass,
    Retry,
    Return,
    Round,
    Scene,
    StopCancelled,
    Submit,
    Take,
    Tell,
    Turn,
    Upgrade,
    Vanish,
    Wipe,
    played,
)
from tests.integration.jobs.journal import Journal
from tests.integration.jobs.workshop import Report
from tests.simulation import mistakes
from tests.simulation.mistakes import Mistake

MIGRATIONS = Path(studio_jobs.__file__).parent / "migrations"
REPLICAS = 2
SECONDS = (1, 6, 16, 31)
"""A first pause after a failure; a lease; a pool's silence; a cancel's grace."""

_numbers = st.integers(0, 4)
_kinds = st.sampled_from(TaskKind)
_turns = st.builds(Turn, st.integers(0, REPLICAS - 1), st.sampled_from(LOOPS))
_tells = st.builds(Tell, _numbers, st.sampled_from(Report))
_clients: st.SearchStrategy[Act] = st.one_of(
    st.builds(Submit, st.integers(0, REPLICAS - 1), st.sampled_from((0, 0, 1)), st.integers(0, 1)),
    st.builds(Cancel, _numbers),
    st.builds(Retry, _numbers),
)
_workers: st.SearchStrategy[Act] = st.one_of(st.builds(Take, _kinds), _tells, st.just(StopCancelled()))
_troubles: st.SearchStrategy[Act] = st.one_of(
    st.builds(Upgrade, _kinds),
    st.builds(Vanish, _kinds),
    st.just(Return()),
    st.just(Wipe()),
    st.builds(Meddle, _numbers, st.sampled_from(JobState)),
)
_at_once = st.one_of(_turns, _clients, _workers)
_scenes: st.SearchStrategy[Scene] = st.one_of(
    st.just((Round(),)),
    st.just((Round(),)),
    st.just((Finish(),)),
    st.lists(_tells, min_size=1, max_size=3, unique=True),
    st.lists(_at_once, min_size=2, max_size=6, unique=True),
    st.lists(_at_once, min_size=2, max_size=6, unique=True),
    st.builds(Pass, st.sampled_from(SECONDS)).map(lambda act: (act,)),
    _troubles.map(lambda act: (act,)),
)
_first = st.builds(Submit, st.just(0), st.just(0), st.integers(0, 1))
histories: st.SearchStrategy[Sequence[Scene]] = st.builds(
    lambda first, scenes: [(first,), *scenes], _first, st.lists(_scenes, min_size=12, max_size=40)
)


@dataclass(frozen=True, slots=True)
class House:
    """A loop with its databases, for one history after another."""

    runner: asyncio.Runner
    databases: Sequence[Database]

    def play(self, history: Sequence[Scene]) -> None:
        """Play a history on emptied tables. Raises AssertionError when a law is broken."""

        async def evening() -> None:
            with capture_logs() as lines:
                await played(await theatre.opened(self.databases, lines), history)

        self.runner.run(evening())


@pytest.fixture(scope="module")
def house(postgres_server: PostgresServer) -> Iterator[House]:
    url = postgres_server.clone(MIGRATIONS, "jobs")
    settings = DatabaseSettings(database_url=SecretStr(url), database_pool_size_max=8)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        databases = [
            runner.run(stack.enter_async_context(open_database(settings, "jobs")))
            for _ in range(REPLICAS + 1)
        ]
        runner.run(Journal.install(databases[-1]))
        yield House(runner, databases)
        runner.run(stack.aclose())
    postgres_server.drop(url)


_ALWAYS = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    print_blob=False,
)


BROKER_LOST_AFTER_A_CANCEL = (
    (Submit(0, 0, 0),),
    (Round(),),
    (Cancel(0),),
    (Turn(0, "advancer"),),
    (Turn(0, "relay"),),
    (Wipe(),),
)
"""It left the job waiting for ever: nothing more was published, and only a publish made the streams again."""


@settings(_ALWAYS, max_examples=12)
@given(history=histories)
@example(history=BROKER_LOST_AFTER_A_CANCEL)
def test_no_history_breaks_a_law(house: House, history: Sequence[Scene]) -> None:
    house.play(history)


@pytest.mark.heavy
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(2))
def test_no_history_of_many_breaks_a_law(house: House, first: int) -> None:
    @seed(first)
    @settings(_ALWAYS, max_examples=25)
    @given(history=histories)
    def look(history: Sequence[Scene]) -> None:
        house.play(history)

    look()


@pytest.mark.heavy
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("mistake", "law"),
    [
        (mistakes.cancel_forgets_dispatched_runs, "cancelled work is never dispatched"),
        (mistakes.swept_by_age, "a dispatch is given up only by its own report"),
        (mistakes.window_ignored_by_replicas, "a pool's window is never exceeded"),
        (mistakes.outbox_deleted_before_publish, "the outbox forgets only what the broker has"),
    ],
)
def test_a_planted_mistake_is_found_on_the_real_postgres(house: House, mistake: Mistake, law: str) -> None:
    found: list[AssertionError] = []

    # The first history that finds it is enough: neither shrunk nor played again, nor are the others drawn.
    @settings(_ALWAYS, max_examples=50, phases=(Phase.generate,), report_multiple_bugs=False)
    @given(history=histories)
    def look(history: Sequence[Scene]) -> None:
        if found:
            raise found[0]
        with mistake():
            try:
                house.play(history)
            except AssertionError as broken:
                found.append(broken)
                raise

    with pytest.raises(AssertionError):
        look()

    assert [str(broken).split(":")[0].split("\n")[0] for broken in found] == [law]
