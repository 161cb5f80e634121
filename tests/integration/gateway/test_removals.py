"""Accounts that are removed, on a real Postgres: signed out at once, purged, the row last, whoever dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from studio_gateway.account import Account
from studio_gateway.postgres_store import PostgresAccountStore
from studio_gateway.removals import PAUSE_AFTER_FAILURE, TOKENS_OUT, Removals
from studio_gateway.workspaces import Workspaces
from studio_platform.clock import ManualClock
from studio_platform.database import Database, open_database
from studio_platform.errors import FailedPrecondition, Unavailable
from studio_platform.ids import new_id
from studio_platform.settings import DatabaseSettings
from tests.integration.gateway.rig import MIGRATIONS


class Purged:
    """Keeps which workspaces were to be purged, and answers as it is told."""

    def __init__(self) -> None:
        self.calls: list[UUID] = []
        self.answers: list[bool | Exception] = []
        self.hangs = False
        self.is_called = asyncio.Event()

    async def __call__(self, workspace_id: UUID) -> bool:
        """True when nothing more was said."""
        self.calls.append(workspace_id)
        self.is_called.set()
        if self.hangs:
            await asyncio.Event().wait()
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        return answer


class House:
    """Accounts and workspaces, and time in hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock()
        self.store = PostgresAccountStore(database)
        self.workspaces = Workspaces(database, self.clock)
        self.purged = Purged()
        self.removals = self.replica()

    def replica(self) -> Removals:
        """Removals as one process has them."""
        return Removals(self.database, self.clock, self.purged)

    async def account(self) -> Account:
        """Somebody new."""
        made = Account(new_id(), new_id(), f"{uuid4()}@example.org", "Ada", "hash", self.clock.now())
        assert await self.store.add_account(made)
        return made

    async def work(self) -> None:
        """Everything that is due."""
        while await self.removals.step():
            pass

    async def row(self, account: Account) -> bool:
        """Whether the account's row is there."""
        held = await self.database.fetchval("select 1 from users where user_id = $1", account.user_id)
        return held is not None


@pytest.fixture
async def house(database_url: Callable[..., str]) -> AsyncIterator[House]:
    settings = DatabaseSettings(database_url=SecretStr(database_url(MIGRATIONS)))
    async with open_database(settings, "gateway") as database:
        yield House(database)


async def test_an_account_goes_at_once_and_its_row_when_all_its_workspaces_are_purged_twice(
    house: House,
) -> None:
    ada, eve = await house.account(), await house.account()
    family_id = new_id()
    await house.store.begin_session(
        family_id, ada.user_id, b"d" * 32, house.clock.now(), house.clock.now() + TOKENS_OUT
    )
    alone = await house.workspaces.make(ada.user_id, "Alone")
    shared = await house.workspaces.make(eve.user_id, "Shared")
    await house.workspaces.add(shared.workspace_id, ada.email, "editor")
    await house.workspaces.add(ada.workspace_id, eve.email, "viewer")

    await house.removals.mark(ada.user_id)

    assert await house.store.account_by_email(ada.email) is None
    assert not await house.store.session_is_live(family_id)
    assert [each.user_id for each in await house.workspaces.members(shared.workspace_id, None, 9)] == [
        eve.user_id
    ]
    assert await house.workspaces.role_in(ada.workspace_id, eve.user_id) is None
    house.purged.answers = [False]
    for _ in range(3):
        await house.work()
        await house.clock.advance(1)
    assert await house.row(ada)
    first = list(house.purged.calls)
    await house.clock.advance(TOKENS_OUT.total_seconds())
    await house.work()

    assert set(house.purged.calls[len(first) :]) == {ada.workspace_id, alone.workspace_id}
    assert first
    assert not await house.row(ada)
    assert await house.row(eve)


async def test_a_purge_that_fails_is_called_again(house: House) -> None:
    ada = await house.account()
    await house.removals.mark(ada.user_id)
    house.purged.answers = [Unavailable("SERVICE_AWAY", "away")]

    await house.work()
    await house.clock.advance(PAUSE_AFTER_FAILURE.total_seconds())
    await house.work()

    assert house.purged.calls == [ada.workspace_id] * 2


async def test_what_a_process_began_that_died_another_ends_and_never_two_at_once(house: House) -> None:
    ada = await house.account()
    await house.removals.mark(ada.user_id)
    house.purged.hangs = True
    dying = asyncio.create_task(house.removals.step())
    await house.purged.is_called.wait()

    meanwhile = await house.replica().step()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    house.purged.hangs = False
    after = await house.replica().step()

    assert (meanwhile, after) == (False, True)
    assert house.purged.calls == [ada.workspace_id] * 2


async def test_the_only_owner_of_a_workspace_in_which_others_work_stays_until_there_is_another(
    house: House,
) -> None:
    ada, eve = await house.account(), await house.account()
    crew = await house.workspaces.make(ada.user_id, "The Crew")
    await house.workspaces.add(crew.workspace_id, eve.email, "editor")

    with pytest.raises(FailedPrecondition, match="The Crew"):
        await house.removals.mark(ada.user_id)

    assert await house.store.account_by_id(ada.user_id)
    await house.workspaces.set_role(crew.workspace_id, eve.user_id, "owner")
    await house.removals.mark(ada.user_id)
    assert await house.workspaces.role_in(crew.workspace_id, eve.user_id) == "owner"


async def test_marking_again_puts_nothing_off(house: House) -> None:
    ada = await house.account()
    await house.removals.mark(ada.user_id)
    await house.work()
    await house.clock.advance(TOKENS_OUT.total_seconds())

    await house.removals.mark(ada.user_id)
    await house.work()

    assert not await house.row(ada)


async def test_the_loop_begins_when_an_account_is_marked(house: House) -> None:
    ada, stopping = await house.account(), asyncio.Event()
    loop = asyncio.create_task(house.removals.run(stopping))

    await house.removals.mark(ada.user_id)

    async with asyncio.timeout(5):
        await house.purged.is_called.wait()
        stopping.set()
        await loop
