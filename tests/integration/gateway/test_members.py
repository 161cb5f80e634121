"""Workspaces and members, at a gateway on a real Postgres: who is let in, as what, and until when."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import grpc
import httpx2
import pytest
from google.protobuf.message import Message

from filmstudio.auth.v1 import auth_pb2, members_pb2, members_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from tests.integration.gateway.rig import JOB, Gateway, JobsRig, bearer, registered

VIEWER = members_pb2.MEMBER_ROLE_VIEWER
EDITOR = members_pb2.MEMBER_ROLE_EDITOR
OWNER = members_pb2.MEMBER_ROLE_OWNER


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, and the workspace that their calls are meant for; empty: their own."""

    channel: grpc.aio.Channel
    account: auth_pb2.RegisterResponse
    workspace: str = ""

    @property
    def member(self) -> str:
        return self.account.user.name.replace("users/", "members/")

    @property
    def members(self) -> Any:
        return members_pb2_grpc.MembersServiceStub(self.channel)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        header = (("x-film-workspace", self.workspace),) if self.workspace else ()
        return (*bearer(self.account.tokens.access_token), *header)

    def at(self, workspace: str) -> Person:
        """The same person in another workspace."""
        return Person(self.channel, self.account, workspace)

    async def make(self, display_name: str = "The Crew") -> Person:
        """The person in a new workspace of theirs."""
        wanted = members_pb2.Workspace(display_name=display_name)
        made = await self.members.CreateWorkspace(
            members_pb2.CreateWorkspaceRequest(workspace=wanted), metadata=self.metadata
        )
        return self.at(made.name)

    async def add(self, other: Person, role: members_pb2.MemberRole.ValueType) -> Person:
        """The other person in this workspace."""
        request = members_pb2.AddMemberRequest(email=other.account.user.email.upper(), role=role)
        await self.members.AddMember(request, metadata=self.metadata)
        return other.at(self.workspace)

    async def set_role(self, other: Person, role: members_pb2.MemberRole.ValueType) -> members_pb2.Member:
        """Give another role."""
        request = members_pb2.UpdateMemberRequest(member=members_pb2.Member(name=other.member, role=role))
        answer: members_pb2.Member = await self.members.UpdateMember(request, metadata=self.metadata)
        return answer

    async def remove(self, other: Person) -> Message:
        """Take out."""
        request = members_pb2.RemoveMemberRequest(name=other.member)
        answer: Message = await self.members.RemoveMember(request, metadata=self.metadata)
        return answer

    async def seen(self) -> dict[str, members_pb2.MemberRole.ValueType]:
        """Members of the workspace by name, with their roles."""
        answer = await self.members.ListMembers(members_pb2.ListMembersRequest(), metadata=self.metadata)
        return {member.name: member.role for member in answer.members}


async def person(channel: grpc.aio.Channel) -> Person:
    """Somebody new."""
    return Person(channel, await registered(channel))


async def refusal(call: Awaitable[object]) -> grpc.StatusCode:
    """How a call is refused."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code()


async def test_a_new_account_has_its_personal_workspace_alone(channel: grpc.aio.Channel) -> None:
    ada = await person(channel)

    answer = await ada.members.ListWorkspaces(members_pb2.ListWorkspacesRequest(), metadata=ada.metadata)

    [own] = answer.workspaces
    assert (own.name, own.personal, own.role) == (ada.account.user.workspace, True, OWNER)
    assert await ada.seen() == {ada.member: OWNER}


async def test_the_same_request_makes_one_workspace(channel: grpc.aio.Channel) -> None:
    ada, eve = await person(channel), await person(channel)
    request = members_pb2.CreateWorkspaceRequest(
        workspace=members_pb2.Workspace(display_name="Crew"), request_id=str(uuid4())
    )

    made = [await ada.members.CreateWorkspace(request, metadata=ada.metadata) for _ in range(2)]
    others = await eve.members.CreateWorkspace(request, metadata=eve.metadata)

    assert made[0] == made[1]
    assert others.name != made[0].name


async def test_a_member_works_in_the_workspace_that_the_header_names_with_the_role_there(
    gateway: Gateway, channel: grpc.aio.Channel
) -> None:
    ada, eve = await person(channel), await person(channel)
    crew = await ada.make()
    eve_there = await crew.add(eve, VIEWER)

    async with JobsRig(gateway) as jobs:
        for caller in (eve_there, eve, crew):
            request = jobs_pb2.GetJobRequest(name=JOB)
            stub = jobs_pb2_grpc.JobsServiceStub(channel)
            await stub.GetJob(request, metadata=caller.metadata, timeout=20, wait_for_ready=True)

    seen = [(f"workspaces/{each['identity'].workspace_id}", *each["identity"].roles) for each in jobs.seen]
    assert seen == [
        (crew.workspace, "viewer"),
        (eve.account.user.workspace, "owner"),
        (crew.workspace, "owner"),
    ]


async def test_a_stranger_cannot_tell_a_workspace_from_none(channel: grpc.aio.Channel) -> None:
    crew = await (await person(channel)).make()
    eve = await person(channel)

    there = await refusal(eve.at(crew.workspace).seen())
    nowhere = await refusal(eve.at(f"workspaces/{uuid4()}").seen())

    assert there is nowhere is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("written", ["crew", "workspaces/", "workspaces/1", f"projects/{UUID(int=1)}"])
async def test_a_header_that_names_no_workspace_is_bad_input(channel: grpc.aio.Channel, written: str) -> None:
    eve = await person(channel)

    assert await refusal(eve.at(written).seen()) is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_member_who_was_taken_out_is_a_stranger_from_the_next_call_on(
    channel: grpc.aio.Channel,
) -> None:
    ada, eve = await person(channel), await person(channel)
    crew = await ada.make()
    eve_there = await crew.add(eve, EDITOR)
    before = await eve_there.seen()

    await crew.remove(eve)

    own = await eve_there.members.ListWorkspaces(
        members_pb2.ListWorkspacesRequest(), metadata=eve_there.metadata
    )
    assert before == {ada.member: OWNER, eve.member: EDITOR}
    assert [each.name for each in own.workspaces] == [eve.account.user.workspace]
    assert await refusal(eve_there.seen()) is grpc.StatusCode.NOT_FOUND
    assert await crew.seen() == {ada.member: OWNER}


async def test_a_member_with_another_role_has_it_from_the_next_call_on(channel: grpc.aio.Channel) -> None:
    ada, eve, bob = await person(channel), await person(channel), await person(channel)
    crew = await ada.make()
    eve_there = await crew.add(eve, EDITOR)

    as_editor = await refusal(eve_there.add(bob, VIEWER))
    await crew.set_role(eve, OWNER)
    await eve_there.add(bob, VIEWER)

    assert as_editor is grpc.StatusCode.PERMISSION_DENIED
    assert (await crew.seen())[bob.member] == VIEWER


async def test_whoever_is_no_owner_takes_out_only_themselves(channel: grpc.aio.Channel) -> None:
    ada, eve, bob = await person(channel), await person(channel), await person(channel)
    crew = await ada.make()
    eve_there, _ = await crew.add(eve, EDITOR), await crew.add(bob, VIEWER)

    other = await refusal(eve_there.remove(bob))
    await eve_there.remove(eve)

    assert other is grpc.StatusCode.PERMISSION_DENIED
    assert await crew.seen() == {ada.member: OWNER, bob.member: VIEWER}


async def test_the_last_owner_neither_leaves_nor_becomes_less(channel: grpc.aio.Channel) -> None:
    ada, eve = await person(channel), await person(channel)
    crew = await ada.make()
    await crew.add(eve, EDITOR)

    refused = [await refusal(crew.remove(ada)), await refusal(crew.set_role(ada, VIEWER))]
    await crew.set_role(eve, OWNER)
    await crew.remove(ada)

    assert set(refused) == {grpc.StatusCode.FAILED_PRECONDITION}
    assert await eve.at(crew.workspace).seen() == {eve.member: OWNER}


async def test_a_personal_workspace_keeps_its_person_as_owner(channel: grpc.aio.Channel) -> None:
    ada, eve = await person(channel), await person(channel)
    at_adas = await ada.at(ada.account.user.workspace).add(eve, OWNER)

    refused = [await refusal(at_adas.remove(ada)), await refusal(at_adas.set_role(ada, EDITOR))]

    assert set(refused) == {grpc.StatusCode.FAILED_PRECONDITION}
    assert await ada.seen() == {ada.member: OWNER, eve.member: OWNER}


async def test_who_is_a_member_already_or_nobody_here_is_not_added(channel: grpc.aio.Channel) -> None:
    ada, eve = await person(channel), await person(channel)
    crew = await ada.make()
    await crew.add(eve, VIEWER)
    unknown = members_pb2.AddMemberRequest(email="nobody@example.org", role=VIEWER)

    again = await refusal(crew.add(eve, OWNER))
    nobody = await refusal(crew.members.AddMember(unknown, metadata=crew.metadata))

    assert (again, nobody) == (grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.NOT_FOUND)
    assert (await crew.seen())[eve.member] == VIEWER


async def test_pages_of_workspaces_and_members_hold_each_once(channel: grpc.aio.Channel) -> None:
    ada = await person(channel)
    made = [ada.account.user.workspace] + [
        (await ada.make(f"Crew {number}")).workspace for number in range(4)
    ]
    crew = ada.at(made[-1])
    people = [ada.member] + [(await crew.add(await person(channel), VIEWER)).member for _ in range(2)]
    workspaces: list[str] = []
    members: list[str] = []

    token = ""
    while token or not workspaces:
        asked = members_pb2.ListWorkspacesRequest(page_size=2, page_token=token)
        page = await ada.members.ListWorkspaces(asked, metadata=ada.metadata)
        workspaces += [each.name for each in page.workspaces]
        token = page.next_page_token
    while token or not members:
        asked_members = members_pb2.ListMembersRequest(page_size=2, page_token=token)
        page = await crew.members.ListMembers(asked_members, metadata=crew.metadata)
        members += [each.name for each in page.members]
        token = page.next_page_token

    assert workspaces == made
    assert members == people


async def test_members_are_kept_over_http_as_over_grpc(gateway: Gateway, channel: grpc.aio.Channel) -> None:
    ada, eve = await person(channel), await person(channel)
    crew = await ada.make()
    headers = dict(crew.metadata)

    async with httpx2.AsyncClient(base_url=f"http://{gateway.http_address}", headers=headers) as client:
        body = {"email": eve.account.user.email, "role": "MEMBER_ROLE_REVIEWER"}
        added = await client.post("/api/v1/members", json=body)
        listed = await client.get("/api/v1/members")
        removed = await client.delete(f"/api/v1/{eve.member}")

    assert (added.status_code, removed.status_code) == (200, 200)
    assert [each["name"] for each in listed.json()["members"]] == [ada.member, eve.member]
    assert await crew.seen() == {ada.member: OWNER}
