"""InvitationsService: into the workspace that the call is meant for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.auth.v1 import invitations_pb2, invitations_pb2_grpc, members_pb2
from studio_gateway.accounts import Accounts, normalised
from studio_gateway.convert import invitation_message, moment, role_text, workspace_message
from studio_gateway.invitations import NAME_PREFIX, Invitations, Wanted
from studio_gateway.servicers.pages import cut, page_of
from studio_platform.errors import FieldViolation, InvalidInput
from studio_platform.identity import current_identity


class InvitationsServicer(invitations_pb2_grpc.InvitationsServiceServicer):
    """Made by owners, accepted by whoever is invited."""

    def __init__(self, invitations: Invitations, accounts: Accounts) -> None:
        self._invitations = invitations
        self._accounts = accounts

    async def CreateInvitation(
        self, request: invitations_pb2.CreateInvitationRequest, context: Any
    ) -> invitations_pb2.CreateInvitationResponse:
        """Makes one and shows its token."""
        caller, asked = current_identity(), request.invitation
        wanted = Wanted(
            UUID(caller.workspace_id),
            _role(asked.role),
            normalised(asked.email) or None,
            moment(asked, "expire_time", "invitation.expire_time"),
        )
        request_id = UUID(request.request_id) if request.request_id else None
        made, token = await self._invitations.make(UUID(caller.user_id), wanted, request_id)
        return invitations_pb2.CreateInvitationResponse(invitation=invitation_message(made), token=token)

    async def ListInvitations(
        self, request: invitations_pb2.ListInvitationsRequest, context: Any
    ) -> invitations_pb2.ListInvitationsResponse:
        """A page of the open ones."""
        size, after = page_of(request)
        found = await self._invitations.of(UUID(current_identity().workspace_id), after, size + 1)
        page, token = cut(found, size, [str(each.invitation_id) for each in found])
        return invitations_pb2.ListInvitationsResponse(
            invitations=map(invitation_message, page), next_page_token=token
        )

    async def RevokeInvitation(self, request: invitations_pb2.RevokeInvitationRequest, context: Any) -> Empty:
        """Takes one back."""
        invitation_id = UUID(request.name.removeprefix(NAME_PREFIX))
        await self._invitations.revoke(UUID(current_identity().workspace_id), invitation_id)
        return Empty()

    async def AcceptInvitation(
        self, request: invitations_pb2.AcceptInvitationRequest, context: Any
    ) -> members_pb2.Workspace:
        """Makes the caller a member."""
        account = await self._accounts.get(current_identity().user_id)
        return workspace_message(await self._invitations.accept(request.token, account))


def _role(role: members_pb2.MemberRole.ValueType) -> str:
    if not role:
        text = "is needed"
        raise InvalidInput(
            "ROLE_MISSING",
            f"invitation.role {text}",
            violations=(FieldViolation("invitation.role", text),),
        )
    return role_text(role)
