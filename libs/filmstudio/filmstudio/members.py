"""Workspaces and their members, as one account sees them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import uuid4

import grpc

from filmstudio.auth.v1 import (
    invitations_pb2,
    invitations_pb2_grpc,
    members_pb2,
    members_pb2_grpc,
)
from filmstudio.calls import Caller

PAGE_MAX = 1000


class Members:
    """Calls of the workspace that the client is connected for. Every method raises errors.FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._caller = caller
        self._stub = members_pb2_grpc.MembersServiceStub(channel)
        self._invitations = invitations_pb2_grpc.InvitationsServiceStub(channel)

    async def workspaces(self) -> AsyncGenerator[members_pb2.Workspace, None]:
        """All that the account is a member of, the oldest first."""
        request = members_pb2.ListWorkspacesRequest(page_size=PAGE_MAX)
        async for page in self._caller.pages(self._stub.ListWorkspaces, request):
            for workspace in page.workspaces:
                yield workspace

    async def make_workspace(self, display_name: str) -> members_pb2.Workspace:
        """A new workspace of the account's."""
        wanted = members_pb2.Workspace(display_name=display_name)
        request = members_pb2.CreateWorkspaceRequest(workspace=wanted, request_id=str(uuid4()))
        return await self._caller.unary(self._stub.CreateWorkspace, request)

    async def members(self) -> AsyncGenerator[members_pb2.Member, None]:
        """All members of the workspace."""
        request = members_pb2.ListMembersRequest(page_size=PAGE_MAX)
        async for page in self._caller.pages(self._stub.ListMembers, request):
            for member in page.members:
                yield member

    async def add(self, email: str, role: members_pb2.MemberRole.ValueType) -> members_pb2.Member:
        """Make somebody who has an account a member."""
        request = members_pb2.AddMemberRequest(email=email, role=role)
        return await self._caller.unary(self._stub.AddMember, request)

    async def set_role(self, name: str, role: members_pb2.MemberRole.ValueType) -> members_pb2.Member:
        """Give a member another role."""
        request = members_pb2.UpdateMemberRequest(member=members_pb2.Member(name=name, role=role))
        return await self._caller.unary(self._stub.UpdateMember, request)

    async def remove(self, name: str) -> None:
        """Take a member out."""
        await self._caller.unary(self._stub.RemoveMember, members_pb2.RemoveMemberRequest(name=name))

    async def invite(
        self, role: members_pb2.MemberRole.ValueType, email: str = ""
    ) -> invitations_pb2.CreateInvitationResponse:
        """An invitation for one person, with its token; with an address for nobody else. It lasts 7 days."""
        wanted = invitations_pb2.Invitation(role=role, email=email)
        request = invitations_pb2.CreateInvitationRequest(invitation=wanted, request_id=str(uuid4()))
        return await self._caller.unary(self._invitations.CreateInvitation, request)

    async def invitations(self) -> AsyncGenerator[invitations_pb2.Invitation, None]:
        """All invitations that are open, the oldest first."""
        request = invitations_pb2.ListInvitationsRequest(page_size=PAGE_MAX)
        async for page in self._caller.pages(self._invitations.ListInvitations, request):
            for invitation in page.invitations:
                yield invitation

    async def take_back(self, name: str) -> None:
        """Let nobody in by an invitation."""
        request = invitations_pb2.RevokeInvitationRequest(name=name)
        await self._caller.unary(self._invitations.RevokeInvitation, request)

    async def join(self, token: str) -> members_pb2.Workspace:
        """Become a member by an invitation."""
        request = invitations_pb2.AcceptInvitationRequest(token=token)
        return await self._caller.unary(self._invitations.AcceptInvitation, request)
