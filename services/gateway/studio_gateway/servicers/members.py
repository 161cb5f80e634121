"""MembersService: workspaces, and who is what in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.auth.v1 import members_pb2, members_pb2_grpc
from studio_gateway.accounts import normalised
from studio_gateway.convert import member_message, role_text, workspace_message
from studio_gateway.servicers.pages import cut, page_of
from studio_gateway.workspaces import OWNER, Workspaces
from studio_platform.errors import FieldViolation, InvalidInput, PermissionDenied
from studio_platform.identity import Identity, current_identity


class MembersServicer(members_pb2_grpc.MembersServiceServicer):
    """Of the workspace that the call is meant for."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def CreateWorkspace(
        self, request: members_pb2.CreateWorkspaceRequest, context: Any
    ) -> members_pb2.Workspace:
        """Makes a workspace of the caller's."""
        user_id = UUID(current_identity().user_id)
        request_id = UUID(request.request_id) if request.request_id else None
        made = await self._workspaces.make(user_id, request.workspace.display_name, request_id)
        return workspace_message(made)

    async def ListWorkspaces(
        self, request: members_pb2.ListWorkspacesRequest, context: Any
    ) -> members_pb2.ListWorkspacesResponse:
        """A page of the caller's workspaces."""
        size, after = page_of(request)
        found = await self._workspaces.of(UUID(current_identity().user_id), after, size + 1)
        page, token = cut(found, size, [str(each.workspace_id) for each in found])
        return members_pb2.ListWorkspacesResponse(
            workspaces=map(workspace_message, page), next_page_token=token
        )

    async def ListMembers(
        self, request: members_pb2.ListMembersRequest, context: Any
    ) -> members_pb2.ListMembersResponse:
        """A page of the workspace's members."""
        size, after = page_of(request)
        found = await self._workspaces.members(_workspace(current_identity()), after, size + 1)
        page, token = cut(found, size, [str(each.user_id) for each in found])
        return members_pb2.ListMembersResponse(members=map(member_message, page), next_page_token=token)

    async def AddMember(self, request: members_pb2.AddMemberRequest, context: Any) -> members_pb2.Member:
        """Adds somebody who has an account."""
        workspace = _workspace(current_identity())
        added = await self._workspaces.add(workspace, normalised(request.email), role_text(request.role))
        return member_message(added)

    async def UpdateMember(
        self, request: members_pb2.UpdateMemberRequest, context: Any
    ) -> members_pb2.Member:
        """Gives a member another role."""
        user_id, role = _user(request.member.name, "member.name"), role_text(request.member.role)
        return member_message(await self._workspaces.set_role(_workspace(current_identity()), user_id, role))

    async def RemoveMember(self, request: members_pb2.RemoveMemberRequest, context: Any) -> Empty:
        """Takes a member out, or lets the caller leave."""
        caller, user_id = current_identity(), _user(request.name, "name")
        if OWNER not in caller.roles and str(user_id) != caller.user_id:
            raise PermissionDenied(
                "ROLE_TOO_LOW", "Only an owner may take out others.", metadata={"role": OWNER}
            )
        await self._workspaces.remove(_workspace(caller), user_id)
        return Empty()


def _workspace(caller: Identity) -> UUID:
    return UUID(caller.workspace_id)


def _user(name: str, field: str) -> UUID:
    if not name:
        raise InvalidInput(
            "NAME_MISSING", f"{field} is needed", violations=(FieldViolation(field, "is needed"),)
        )
    return UUID(name.removeprefix("members/"))
