"""What administrators of a studio do."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import uuid4

import grpc

from filmstudio.auth.v1 import admin_pb2, admin_pb2_grpc, auth_pb2, invitations_pb2
from filmstudio.calls import Caller
from filmstudio.session import Session

PAGE_MAX = 1000


class Admin:
    """The studio's accounts. Every method raises errors.FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller, session: Session) -> None:
        self._caller = caller
        self._session = session
        self._stub = admin_pb2_grpc.AdminServiceStub(channel)

    async def claim(self, secret: str) -> auth_pb2.User:
        """Become the first administrator; the session's tokens say so from then on."""
        user = await self._caller.unary(self._stub.ClaimAdmin, admin_pb2.ClaimAdminRequest(secret=secret))
        self._session.refuse(await self._session.metadata())
        return user

    async def users(self) -> AsyncGenerator[auth_pb2.User, None]:
        """All accounts, the oldest first."""
        request = admin_pb2.ListUsersRequest(page_size=PAGE_MAX)
        async for page in self._caller.pages(self._stub.ListUsers, request):
            for user in page.users:
                yield user

    async def set_role(self, name: str, role: auth_pb2.UserRole.ValueType) -> auth_pb2.User:
        """Make somebody an administrator, or a user again; their sessions end."""
        request = admin_pb2.SetUserRoleRequest(name=name, role=role)
        return await self._caller.unary(self._stub.SetUserRole, request)

    async def invite(self, email: str = "") -> invitations_pb2.CreateInvitationResponse:
        """An invitation with which one person makes an account."""
        request = admin_pb2.InviteUserRequest(email=email, request_id=str(uuid4()))
        return await self._caller.unary(self._stub.InviteUser, request)
