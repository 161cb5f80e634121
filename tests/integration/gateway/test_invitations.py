"""Invitations and administrators, at gateways on a real Postgres: who is let in, by whom, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs

from filmstudio.auth.v1 import (
    admin_pb2,
    admin_pb2_grpc,
    auth_pb2,
    auth_pb2_grpc,
    invitations_pb2,
    invitations_pb2_grpc,
)
from studio_platform.ids import new_id
from studio_platform.testing.servers import PostgresServer
from tests.integration.gateway.rig import (
    MIGRATIONS,
    PASSWORD,
    Gateway,
    bearer,
    running_gateway,
    wait_until_serving,
)
from tests.integration.gateway.test_members import EDITOR, OWNER, VIEWER, Person, person

SECRET = "the secret of the settings"
ADMIN = auth_pb2.USER_ROLE_ADMIN
LOCAL = "first@example.org"


async def reason(call: Any) -> str:
    """Why a call is refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    info = error_details_pb2.ErrorInfo()
    rpc_status.from_call(caught.value).details[0].Unpack(info)
    return str(info.reason)


def invitations(channel: grpc.aio.Channel) -> Any:
    return invitations_pb2_grpc.InvitationsServiceStub(channel)


async def invited(
    crew: Person, role: int = EDITOR, email: str = ""
) -> invitations_pb2.CreateInvitationResponse:
    """A new invitation into a workspace."""
    wanted = invitations_pb2.Invitation(role=role, email=email)  # type: ignore[arg-type]  # an enum's number
    request = invitations_pb2.CreateInvitationRequest(invitation=wanted)
    made: invitations_pb2.CreateInvitationResponse = await invitations(crew.channel).CreateInvitation(
        request, metadata=crew.metadata
    )
    return made


async def accepted(somebody: Person, token: str) -> Any:
    """The workspace that a token leads to."""
    request = invitations_pb2.AcceptInvitationRequest(token=token)
    return await invitations(somebody.channel).AcceptInvitation(request, metadata=somebody.metadata)


async def test_who_is_invited_becomes_a_member_with_the_role_and_only_one_does(
    channel: grpc.aio.Channel,
) -> None:
    crew, eve, bob = await (await person(channel)).make(), await person(channel), await person(channel)
    made = await invited(crew)

    joined = [await accepted(eve, made.token) for _ in range(2)]

    assert [(each.name, each.role) for each in joined] == [(crew.workspace, EDITOR)] * 2
    assert (await crew.seen())[eve.member] == EDITOR
    assert await reason(accepted(bob, made.token)) == "INVITATION_INVALID"
    listed = await invitations(channel).ListInvitations(
        invitations_pb2.ListInvitationsRequest(), metadata=crew.metadata
    )
    assert list(listed.invitations) == []


async def test_of_many_who_accept_at_once_one_is_let_in(channel: grpc.aio.Channel) -> None:
    crew = await (await person(channel)).make()
    made = await invited(crew)
    others = [await person(channel) for _ in range(4)]

    answers = await asyncio.gather(*(accepted(each, made.token) for each in others), return_exceptions=True)

    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert len(await crew.seen()) == 2


async def test_an_invitation_for_an_address_is_nobody_elses(channel: grpc.aio.Channel) -> None:
    crew, eve, bob = await (await person(channel)).make(), await person(channel), await person(channel)
    made = await invited(crew, VIEWER, eve.account.user.email.upper())

    refused = await reason(accepted(bob, made.token))

    assert refused == "INVITATION_INVALID"
    assert (await accepted(eve, made.token)).role == VIEWER


async def test_an_invitation_that_is_taken_back_lets_nobody_in(channel: grpc.aio.Channel) -> None:
    crew, eve = await (await person(channel)).make(), await person(channel)
    made = await invited(crew)
    request = invitations_pb2.RevokeInvitationRequest(name=made.invitation.name)

    lost = await reason(invitations(channel).RevokeInvitation(request, metadata=eve.metadata))
    await invitations(channel).RevokeInvitation(request, metadata=crew.metadata)

    assert lost == "INVITATION_NOT_FOUND"
    assert await reason(accepted(eve, made.token)) == "INVITATION_INVALID"


async def test_a_member_keeps_their_role_whatever_they_accept(channel: grpc.aio.Channel) -> None:
    crew = await (await person(channel)).make()
    made = await invited(crew, VIEWER)

    assert (await accepted(crew, made.token)).role == OWNER


async def test_an_invitation_needs_a_role_and_an_owner(channel: grpc.aio.Channel) -> None:
    crew, eve = await (await person(channel)).make(), await person(channel)
    there = await crew.add(eve, EDITOR)

    assert await reason(invited(crew, 0)) == "ROLE_MISSING"
    assert await reason(invited(there)) == "ROLE_TOO_LOW"


@pytest.fixture(scope="module")
def strict(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway at which accounts need an invitation; one is there from the start."""
    url = postgres_server.clone(MIGRATIONS, "gateway")
    settings = {
        "FILM_REGISTRATION": "invite",
        "FILM_ADMIN_SECRET": SECRET,
        "FILM_LOCAL_ACCOUNT_EMAIL": LOCAL,
        "FILM_LOCAL_ACCOUNT_PASSWORD": PASSWORD,
    }
    with running_gateway(url, tmp_path_factory.mktemp("strict") / "gateway.log", **settings) as running:
        yield running
    postgres_server.drop(url)


@pytest.fixture
async def door(strict: Gateway) -> AsyncIterator[grpc.aio.Channel]:
    async with grpc.aio.insecure_channel(strict.address) as opened:
        await wait_until_serving(opened)
        yield opened


async def register(door: grpc.aio.Channel, token: str = "", email: str = "") -> Person:
    """Somebody new, if they are let in."""
    request = auth_pb2.RegisterRequest(
        email=email or f"{new_id()}@example.org", password=PASSWORD, invitation=token
    )
    return Person(door, await auth_pb2_grpc.AuthServiceStub(door).Register(request))


async def signed_in(door: grpc.aio.Channel, email: str) -> Person:
    request = auth_pb2.LoginRequest(email=email, password=PASSWORD)
    login = await auth_pb2_grpc.AuthServiceStub(door).Login(request)
    return Person(door, auth_pb2.RegisterResponse(user=login.user, tokens=login.tokens))


async def let_in(door: grpc.aio.Channel, admin: Person, email: str = "") -> str:
    """The token of an administrator's invitation."""
    answer = await admin_pb2_grpc.AdminServiceStub(door).InviteUser(
        admin_pb2.InviteUserRequest(email=email), metadata=admin.metadata
    )
    return str(answer.token)


async def test_where_invitations_are_needed_one_makes_one_account(door: grpc.aio.Channel) -> None:
    admin = await signed_in(door, LOCAL)
    token = await let_in(door, admin)

    without = await reason(register(door))
    forged = await reason(register(door, "join_" + "A" * 43))
    made = await register(door, token)
    again = await reason(register(door, token))

    assert (without, forged, again) == ("INVITATION_NEEDED", "INVITATION_INVALID", "INVITATION_INVALID")
    assert made.account.user.role == auth_pb2.USER_ROLE_USER


async def test_a_taken_address_spends_no_invitation(door: grpc.aio.Channel) -> None:
    token = await let_in(door, await signed_in(door, LOCAL))

    taken = await reason(register(door, token, LOCAL))

    assert taken == "EMAIL_TAKEN"
    assert await register(door, token)


async def test_who_registers_by_an_invitation_into_a_workspace_is_in_it(door: grpc.aio.Channel) -> None:
    crew = await (await signed_in(door, LOCAL)).make()
    made = await invited(crew, VIEWER)

    eve = await register(door, made.token)

    assert (await crew.seen())[eve.member] == VIEWER


async def test_the_secret_makes_one_administrator_who_makes_others(door: grpc.aio.Channel) -> None:
    admin = await signed_in(door, LOCAL)
    ada, bob = [await register(door, await let_in(door, admin)) for _ in range(2)]
    stub = admin_pb2_grpc.AdminServiceStub(door)

    def claim(who: Person, secret: str) -> Any:
        return stub.ClaimAdmin(admin_pb2.ClaimAdminRequest(secret=secret), metadata=who.metadata)

    def promote(who: Person, whom: Person, role: Any = ADMIN) -> Any:
        request = admin_pb2.SetUserRoleRequest(name=whom.account.user.name, role=role)
        return stub.SetUserRole(request, metadata=who.metadata)

    guessed = await reason(claim(ada, "the secret of the setting"))
    claimed = await claim(ada, SECRET)
    second = await reason(claim(bob, SECRET))
    ada = await signed_in(door, ada.account.user.email)
    not_yet = await reason(promote(bob, ada))
    made = await promote(ada, bob)
    ended = await reason(promote(bob, ada, auth_pb2.USER_ROLE_USER))
    users = await stub.ListUsers(admin_pb2.ListUsersRequest(), metadata=ada.metadata)

    assert (guessed, second) == ("ADMIN_SECRET_WRONG", "ADMIN_SECRET_USED")
    assert (claimed.role, made.role) == (ADMIN, ADMIN)
    # A new role ends the sessions of before, whose tokens would say the old one.
    assert (not_yet, ended) == ("SCOPE_MISSING", "SESSION_OVER")
    assert {user.email for user in users.users if user.role == ADMIN} == {
        LOCAL,
        ada.account.user.email,
        bob.account.user.email,
    }


async def test_no_user_sees_or_makes_administrators(door: grpc.aio.Channel) -> None:
    eve = await register(door, await let_in(door, await signed_in(door, LOCAL)))
    stub = admin_pb2_grpc.AdminServiceStub(door)
    me = eve.account.user.name
    calls = (
        stub.ListUsers(admin_pb2.ListUsersRequest(), metadata=eve.metadata),
        stub.SetUserRole(admin_pb2.SetUserRoleRequest(name=me, role=ADMIN), metadata=eve.metadata),
        stub.InviteUser(admin_pb2.InviteUserRequest(), metadata=eve.metadata),
    )

    assert [await reason(call) for call in calls] == ["SCOPE_MISSING"] * 3
    who = await auth_pb2_grpc.AuthServiceStub(door).GetMe(
        auth_pb2.GetMeRequest(), metadata=bearer(eve.account.tokens.access_token)
    )
    assert who.role == auth_pb2.USER_ROLE_USER
