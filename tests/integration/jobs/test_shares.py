"""Shares: a link that opens one film until it ends, and says nothing of any other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from argon2 import profiles

from filmstudio.shares.v1 import shares_pb2
from studio_jobs.downloads import Downloads
from studio_jobs.servicers.shares import SharesServicer, WatchServicer
from studio_jobs.shares.links import Links
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_platform.broker_memory import MemoryBroker
from studio_platform.clock import ManualClock
from studio_platform.database import Database
from studio_platform.errors import FailedPrecondition, NotFound, PermissionDenied
from studio_platform.identity import Identity, set_current_identity
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.passwords import open_passwords
from tests.integration.jobs.conftest import ImpatientBroker
from tests.integration.jobs.stage import Stage, build_stage

BASE = "https://film.example.org"


@dataclass(frozen=True, slots=True)
class Cinema:
    """A workspace with a film, and who shows it."""

    stage: Stage
    clock: ManualClock
    database: Database
    shares: SharesServicer
    watch: WatchServicer
    film: rows.Job

    async def share(self, job: rows.Job | None = None, **said: object) -> shares_pb2.Share:
        request = shares_pb2.CreateShareRequest(job=f"jobs/{(job or self.film).job_id}", **said)  # type: ignore[arg-type]
        return await self.shares.CreateShare(request, None)

    async def open(self, share: shares_pb2.Share, password: str = "") -> shares_pb2.OpenShareResponse:
        token = share.url.rpartition("/")[2]
        request = shares_pb2.OpenShareRequest(token=token, password=password, counted=True)
        return await self.watch.OpenShare(request, None)

    async def listed(self) -> list[shares_pb2.Share]:
        found: list[shares_pb2.Share] = []
        request = shares_pb2.ListSharesRequest(page_size=1)
        while True:
            page = await self.shares.ListShares(request, None)
            found += page.shares
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def revoke(self, share: shares_pb2.Share) -> None:
        await self.shares.RevokeShare(shares_pb2.RevokeShareRequest(name=share.name), None)


def called_by(workspace: UUID) -> None:
    set_current_identity(Identity(str(uuid4()), str(workspace)))


@pytest.fixture
async def cinema(database: Database, clock: ManualClock) -> AsyncIterator[Cinema]:
    broker, objects = ImpatientBroker(MemoryBroker(clock)), MemoryObjectStore()
    await broker.ensure()
    stage = build_stage(database, broker, objects, clock=clock)
    await stage.announce_pools()
    called_by(stage.workspace)
    film = await stage.run_to_end(await stage.submit())
    downloads = Downloads(stage.jobs, stage.projects, objects, clock)
    async with open_passwords(profiles.CHEAPEST) as passwords:
        links = Links(database, clock)
        shares = SharesServicer(links, stage.jobs, stage.projects, downloads, passwords, clock, BASE)
        watch = WatchServicer(links, stage.jobs, downloads, objects, passwords)
        yield Cinema(stage, clock, database, shares, watch, film)


async def test_a_link_opens_its_film_until_it_ends(cinema: Cinema) -> None:
    share = await cinema.share(hours=2)

    opened = await cinema.open(share)
    await cinema.clock.advance(2 * 3600)

    assert share.url.startswith(f"{BASE}/watch/")
    assert (opened.title, opened.password_needed) == ("Test", False)
    assert "filename=test.mp4" in opened.film_url
    with pytest.raises(NotFound):
        await cinema.open(share)


async def test_a_password_is_needed_where_one_was_set(cinema: Cinema) -> None:
    share = await cinema.share(title="  Night   out ", password="sesame")

    asking = await cinema.open(share)
    opened = await cinema.open(share, "sesame")

    assert asking == shares_pb2.OpenShareResponse(password_needed=True, has_password=True)
    assert (opened.title, opened.has_password) == ("Night out", True)
    with pytest.raises(PermissionDenied):
        await cinema.open(share, "simsim")
    assert [(it.view_count, it.has_password) for it in await cinema.listed()] == [(1, True)]


async def test_neither_token_nor_password_is_kept_as_it_is(cinema: Cinema) -> None:
    share = await cinema.share(password="sesame")

    row = str(await cinema.database.fetch("select * from shares"))

    assert share.url.rpartition("/")[2] not in row
    assert "sesame" not in row
    assert "$argon2id$" in row
    assert [it.url for it in await cinema.listed()] == [""]


async def test_a_request_that_is_sent_again_gives_its_share_another_link(cinema: Cinema) -> None:
    request_id = str(uuid4())
    first, second = [await cinema.share(request_id=request_id) for _ in range(2)]

    assert (first.name, first.url != second.url) == (second.name, True)
    assert (await cinema.open(second)).title == "Test"
    with pytest.raises(NotFound):
        await cinema.open(first)


async def test_a_share_that_is_revoked_or_whose_workspace_is_gone_opens_nothing(cinema: Cinema) -> None:
    shares = [await cinema.share() for _ in range(3)]
    await cinema.revoke(shares[0])

    assert [it.name for it in await cinema.listed()] == [shares[2].name, shares[1].name]
    assert await cinema.database.fetchval(SQL["remove_shares"], cinema.stage.workspace, 10) == 2
    for share in shares:
        with pytest.raises(NotFound):
            await cinema.open(share)


async def test_only_a_film_of_ones_own_workspace_is_shared_and_only_when_it_is_made(cinema: Cinema) -> None:
    share, unfinished = await cinema.share(), await cinema.stage.submit()
    with pytest.raises(FailedPrecondition):
        await cinema.share(unfinished)

    called_by(uuid4())

    with pytest.raises(NotFound):
        await cinema.share()
    with pytest.raises(NotFound):
        await cinema.revoke(share)
    assert await cinema.listed() == []
