"""The gateway's own RPCs: AuthService and KeysService."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc
from studio_gateway.account import Account, AccountStore
from studio_gateway.accounts import Accounts, Credentials
from studio_gateway.convert import jwks_message, tokens_message, user_message
from studio_gateway.grants import Grants
from studio_gateway.sessions import Sessions
from studio_gateway.signing import public_keys
from studio_platform.identity import current_identity


class AuthServicer(auth_pb2_grpc.AuthServiceServicer):
    """Accounts and sessions."""

    def __init__(self, accounts: Accounts, sessions: Sessions, grants: Grants) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._grants = grants

    async def Register(self, request: auth_pb2.RegisterRequest, context: Any) -> auth_pb2.RegisterResponse:
        """Makes an account and signs it in."""
        account, tokens = await self._accounts.register(
            Credentials(request.email, request.password),
            request.display_name,
            request.invitation,
        )
        return auth_pb2.RegisterResponse(user=self._seen(account), tokens=tokens_message(tokens))

    async def Login(self, request: auth_pb2.LoginRequest, context: Any) -> auth_pb2.LoginResponse:
        """Signs in."""
        account, tokens = await self._accounts.sign_in(Credentials(request.email, request.password))
        return auth_pb2.LoginResponse(user=self._seen(account), tokens=tokens_message(tokens))

    async def Refresh(self, request: auth_pb2.RefreshRequest, context: Any) -> auth_pb2.RefreshResponse:
        """Spends a refresh token for a new pair."""
        tokens = await self._sessions.renew(request.refresh_token)
        return auth_pb2.RefreshResponse(tokens=tokens_message(tokens))

    async def Logout(self, request: auth_pb2.LogoutRequest, context: Any) -> Empty:
        """Ends a session."""
        await self._sessions.end(request.refresh_token)
        return Empty()

    async def GetMe(self, request: auth_pb2.GetMeRequest, context: Any) -> auth_pb2.User:
        """The signed-in user."""
        return self._seen(await self._accounts.get(current_identity().user_id))

    async def ChangePassword(self, request: auth_pb2.ChangePasswordRequest, context: Any) -> Empty:
        """Replaces the password."""
        await self._accounts.change_password(
            current_identity(), request.current_password, request.new_password
        )
        return Empty()

    async def LogoutEverywhere(self, request: auth_pb2.LogoutEverywhereRequest, context: Any) -> Empty:
        """Ends all of the caller's sessions."""
        await self._sessions.end_all(UUID(current_identity().user_id))
        return Empty()

    async def DeleteAccount(self, request: auth_pb2.DeleteAccountRequest, context: Any) -> Empty:
        """Signs the caller out for good."""
        await self._accounts.remove(current_identity(), request.password)
        return Empty()

    def _seen(self, account: Account) -> auth_pb2.User:
        return user_message(account, is_admin=self._grants.is_admin(account))


class KeysServicer(auth_pb2_grpc.KeysServiceServicer):
    """The public keys that check the gateway's tokens."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    async def GetJwks(self, request: auth_pb2.GetJwksRequest, context: Any) -> auth_pb2.Jwks:
        """The key set."""
        return jwks_message(await public_keys(self._store))
