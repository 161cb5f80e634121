"""API keys, at a gateway on a real Postgres: who makes them, what they may do, and until when."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import grpc
import httpx2
import pytest
from pydantic import SecretStr

from filmstudio.auth.v1 import api_keys_pb2, api_keys_pb2_grpc, auth_pb2, auth_pb2_grpc, members_pb2
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from studio_gateway.account import Account
from studio_gateway.api_keys import KEYS_MAX, LIFETIME, ApiKeys, Wanted
from studio_gateway.postgres_store import PostgresAccountStore
from studio_gateway.recent import KEPT_SECONDS
from studio_gateway.shown_once import SHOWN_AGAIN, digest
from studio_platform.clock import ManualClock
from studio_platform.database import Database, open_database
from studio_platform.errors import (
    AlreadyExists,
    InvalidInput,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
)
from studio_platform.identity import Identity
from studio_platform.ids import new_id
from studio_platform.settings import DatabaseSettings
from tests.integration.gateway.rig import JOB, MIGRATIONS, Gateway, JobsRig, bearer, registered
from tests.integration.gateway.test_members import EDITOR, VIEWER, person

SCOPES = frozenset({"account.read", "account.write", "jobs.read", "jobs.write"})
ALL = Wanted("render farm", frozenset(), None)


class House:
    """Keys over a database, with the time in hand, and one account."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock()
        self.caller = Identity(str(new_id()), str(new_id()), SCOPES, frozenset({"owner"}), session_id="s")

    def keys(self) -> ApiKeys:
        """As one replica has them."""
        return ApiKeys(self.database, self.clock, b"k" * 32, SCOPES)

    async def move_in(self) -> None:
        """Keep the account."""
        ids = UUID(self.caller.user_id), UUID(self.caller.workspace_id)
        account = Account(*ids, f"{uuid4()}@example.org", "Ada", "hash", self.clock.now())
        await PostgresAccountStore(self.database).add_account(account)


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> Any:
    server = request.getfixturevalue("postgres_server")
    made = server.clone(MIGRATIONS, "gateway")
    yield made
    server.drop(made)


@pytest.fixture
async def house(url: str) -> AsyncIterator[House]:
    async with open_database(DatabaseSettings(database_url=SecretStr(url)), "gateway") as database:
        made = House(database)
        await made.move_in()
        yield made


async def test_a_key_stands_for_its_maker_in_its_workspace_with_all_but_account_write(house: House) -> None:
    made, secret = await house.keys().make(house.caller, ALL)

    holder = await house.keys().verify(secret)

    assert secret.startswith("film_")
    assert holder.session_id == f"apiKeys/{made.key_id}"
    assert (holder.user_id, holder.workspace_id) == (house.caller.user_id, house.caller.workspace_id)
    assert (holder.scopes, holder.roles) == (SCOPES - {"account.write"}, frozenset({"owner"}))


async def test_the_secret_is_not_in_the_database(house: House) -> None:
    _, secret = await house.keys().make(house.caller, ALL)

    rows = await house.database.fetch("select k::text as written, digest from gateway.api_keys k")

    assert hashlib.sha256(secret.encode()).digest() in [row["digest"] for row in rows]
    assert not any(secret in row["written"] for row in rows)


async def test_one_request_is_one_key_and_its_secret_is_not_shown_for_ever(house: House) -> None:
    request_id = uuid4()
    first = await house.keys().make(house.caller, ALL, request_id)
    again = await house.keys().make(house.caller, ALL, request_id)
    await house.clock.advance(SHOWN_AGAIN.total_seconds() + 1)

    with pytest.raises(AlreadyExists):
        await house.keys().make(house.caller, ALL, request_id)

    assert first == again
    assert len(await house.keys().of(UUID(house.caller.user_id), None, 10)) == 1


async def test_a_key_ends_when_it_says_so_even_where_it_was_just_used(house: House) -> None:
    keys = house.keys()
    ends = house.clock.now() + timedelta(seconds=KEPT_SECONDS / 2)
    _, secret = await keys.make(house.caller, replace(ALL, expires_at=ends))
    await keys.verify(secret)

    await house.clock.advance(KEPT_SECONDS / 2)

    with pytest.raises(Unauthenticated):
        await keys.verify(secret)


async def test_a_revoked_key_is_refused_at_once_here_and_within_ten_seconds_elsewhere(house: House) -> None:
    here, elsewhere = house.keys(), house.keys()
    made, secret = await here.make(house.caller, ALL)
    for replica in (here, elsewhere):
        await replica.verify(secret)
        await replica.check_live(made.key_id)

    await here.revoke(UUID(house.caller.user_id), made.key_id)

    with pytest.raises(Unauthenticated):
        await here.verify(secret)
    await elsewhere.verify(secret)
    await house.clock.advance(KEPT_SECONDS)
    for check in (elsewhere.verify(secret), elsewhere.check_live(made.key_id)):
        with pytest.raises(Unauthenticated):
            await check


async def test_a_call_with_a_key_reads_the_database_once_in_ten_seconds(house: House) -> None:
    keys = house.keys()
    _, secret = await keys.make(house.caller, ALL)
    known = await keys.verify(secret)
    await house.database.execute("delete from gateway.api_keys where digest = $1", digest(secret))

    assert await keys.verify(secret) == known


async def test_nobody_revokes_anothers_key(house: House) -> None:
    made, secret = await house.keys().make(house.caller, ALL)

    with pytest.raises(NotFound):
        await house.keys().revoke(new_id(), made.key_id)

    assert await house.keys().verify(secret)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (replace(ALL, scopes=frozenset({"account.write"})), InvalidInput),
        (replace(ALL, scopes=frozenset({"no.such"})), InvalidInput),
        (replace(ALL, expires_at=datetime(2020, 1, 1, tzinfo=UTC)), InvalidInput),
        (replace(ALL, expires_at=ManualClock().now() + 2 * LIFETIME.most), InvalidInput),
    ],
)
async def test_a_key_that_there_cannot_be_is_refused(
    house: House, wanted: Wanted, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await house.keys().make(house.caller, wanted)


async def test_nobody_gives_a_key_more_than_they_may_do_themselves(house: House) -> None:
    little = replace(house.caller, scopes=frozenset({"jobs.read", "account.write"}))

    with pytest.raises(PermissionDenied):
        await house.keys().make(little, replace(ALL, scopes=frozenset({"jobs.write"})))

    made, _ = await house.keys().make(little, ALL)
    assert made.scopes == ["jobs.read"]


async def test_there_are_so_many_keys_and_no_more_until_some_are_over(house: House) -> None:
    short = replace(ALL, expires_at=house.clock.now() + timedelta(hours=1))
    for _ in range(KEYS_MAX):
        await house.keys().make(house.caller, short)

    with pytest.raises(ResourceExhausted):
        await house.keys().make(house.caller, ALL)

    await house.clock.advance(3600)
    await house.keys().make(house.caller, ALL)
    removed = [await house.keys().delete_expired(house.clock.now() + timedelta(1), limit=60) for _ in "123"]
    assert removed[0] == 60
    assert removed[2] == 0


async def new_key(
    channel: grpc.aio.Channel, metadata: tuple[tuple[str, str], ...], *scopes: str
) -> api_keys_pb2.CreateApiKeyResponse:
    """A key over the wire."""
    request = api_keys_pb2.CreateApiKeyRequest(
        api_key=api_keys_pb2.ApiKey(display_name="farm", scopes=scopes)
    )
    return await api_keys_pb2_grpc.ApiKeysServiceStub(channel).CreateApiKey(request, metadata=metadata)


async def refusal(call: Any) -> grpc.StatusCode:
    """How a call is refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code()


async def test_a_key_calls_over_grpc_and_http_within_its_scopes(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    ada = await registered(channel)
    made = await new_key(channel, bearer(ada.tokens.access_token), "jobs.read", "account.read")
    signed = bearer(made.secret)
    jobs_stub = jobs_pb2_grpc.JobsServiceStub(channel)

    async with JobsRig(gateway) as jobs, httpx2.AsyncClient() as web:
        await jobs_stub.GetJob(
            jobs_pb2.GetJobRequest(name=JOB), metadata=signed, timeout=20, wait_for_ready=True
        )
        headers = {"authorization": f"Bearer {made.secret}"}
        over_http = await web.get(f"http://{gateway.http_address}/api/v1/auth/me", headers=headers)
        too_much = await refusal(jobs_stub.CancelJob(jobs_pb2.CancelJobRequest(name=JOB), metadata=signed))
        another = await refusal(new_key(channel, signed))

    assert jobs.seen[0]["identity"].scopes == {"jobs.read", "account.read"}
    assert over_http.json()["email"] == ada.user.email
    assert [too_much, another] == [grpc.StatusCode.PERMISSION_DENIED] * 2


async def test_a_revoked_key_is_refused_by_the_gateway(channel: grpc.aio.Channel) -> None:
    signed = bearer((await registered(channel)).tokens.access_token)
    made = await new_key(channel, signed)
    auth, keys = auth_pb2_grpc.AuthServiceStub(channel), api_keys_pb2_grpc.ApiKeysServiceStub(channel)
    me = auth_pb2.GetMeRequest()
    await auth.GetMe(me, metadata=bearer(made.secret))

    await keys.RevokeApiKey(api_keys_pb2.RevokeApiKeyRequest(name=made.api_key.name), metadata=signed)

    listed = await keys.ListApiKeys(api_keys_pb2.ListApiKeysRequest(), metadata=signed)
    assert list(listed.api_keys) == []
    for secret in (made.secret, "film_", "film_" + "A" * 43):
        refused = await refusal(auth.GetMe(me, metadata=bearer(secret)))
        assert refused is grpc.StatusCode.UNAUTHENTICATED


async def test_a_key_works_in_its_workspace_alone_with_its_makers_role_there(
    channel: grpc.aio.Channel,
) -> None:
    ada, eve = await person(channel), await person(channel)
    crew = await ada.make()
    eve_there = await crew.add(eve, VIEWER)
    made = await new_key(channel, eve_there.metadata)
    members = members_pb2.ListMembersRequest()

    here = await eve.members.ListMembers(members, metadata=bearer(made.secret))
    elsewhere = (*bearer(made.secret), ("x-film-workspace", eve.account.user.workspace))
    lost = await refusal(eve.members.ListMembers(members, metadata=elsewhere))
    add = members_pb2.AddMemberRequest(email=eve.account.user.email, role=EDITOR)
    denied = await refusal(eve.members.AddMember(add, metadata=bearer(made.secret)))

    assert made.api_key.workspace == crew.workspace
    assert len(here.members) == 2
    assert (lost, denied) == (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED)
