"""AdminService: the studio's accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from filmstudio.auth.v1 import admin_pb2, admin_pb2_grpc, auth_pb2, invitations_pb2
from studio_gateway.account import ADMIN, USER, Account
from studio_gateway.accounts import normalised
from studio_gateway.admins import Admins
from studio_gateway.convert import invitation_message, user_message
from studio_gateway.grants import Grants
from studio_gateway.invitations import Invitations, Wanted
from studio_gateway.servicers.pages import cut, page_of
from studio_gateway.sessions import Sessions
from studio_gateway.throttle import Throttle
from studio_platform.identity import current_identity


class AdminServicer(admin_pb2_grpc.AdminServiceServicer):
    """For administrators, and for whoever becomes the first."""

    def __init__(
        self, admins: Admins, invitations: Invitations, sessions: Sessions, grants: Grants, throttle: Throttle
    ) -> None:
        self._admins = admins
        self._invitations = invitations
        self._sessions = sessions
        self._grants = grants
        self._throttle = throttle

    async def ClaimAdmin(self, request: admin_pb2.ClaimAdminRequest, context: Any) -> auth_pb2.User:
        """Makes the caller an administrator."""
        user_id = current_identity().user_id
        self._throttle.begin_sign_in(f"users/{user_id}")
        return self._seen(await self._admins.claim(UUID(user_id), request.secret))

    async def ListUsers(
        self, request: admin_pb2.ListUsersRequest, context: Any
    ) -> admin_pb2.ListUsersResponse:
        """A page of the accounts."""
        size, after = page_of(request)
        found = await self._admins.users(after, size + 1)
        page, token = cut(found, size, [str(each.user_id) for each in found])
        return admin_pb2.ListUsersResponse(users=map(self._seen, page), next_page_token=token)

    async def SetUserRole(self, request: admin_pb2.SetUserRoleRequest, context: Any) -> auth_pb2.User:
        """Gives somebody another role."""
        role = ADMIN if request.role == auth_pb2.USER_ROLE_ADMIN else USER
        changed = await self._admins.set_role(UUID(request.name.removeprefix("users/")), role)
        self._sessions.forget(changed.user_id)
        return self._seen(changed)

    async def InviteUser(
        self, request: admin_pb2.InviteUserRequest, context: Any
    ) -> invitations_pb2.CreateInvitationResponse:
        """Lets somebody make an account."""
        wanted = Wanted(email=normalised(request.email) or None)
        request_id = UUID(request.request_id) if request.request_id else None
        inviter = UUID(current_identity().user_id)
        made, token = await self._invitations.make(inviter, wanted, request_id)
        return invitations_pb2.CreateInvitationResponse(invitation=invitation_message(made), token=token)

    def _seen(self, account: Account) -> auth_pb2.User:
        return user_message(account, is_admin=self._grants.is_admin(account))
