"""A signed-in session at a studio: tokens fetched when needed and renewed before they end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import grpc

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc

RENEW_BEFORE_SECONDS = 60.0
CALL_TIMEOUT_SECONDS = 30.0

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What signs in."""

    email: str
    password: str


class Session:
    """Signs in on first use; safe for concurrent callers."""

    def __init__(self, channel: grpc.aio.Channel, account: Account) -> None:
        self._auth = auth_pb2_grpc.AuthServiceStub(channel)
        self._account = account
        self._tokens: auth_pb2.Tokens | None = None
        self._lock = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """The header of an authorised call. Raises grpc.aio.AioRpcError when signing in fails."""
        async with self._lock:
            if self._tokens is None or self._ends_soon(self._tokens):
                self._tokens = await self._fresh()
            return (("authorization", f"Bearer {self._tokens.access_token}"),)

    @staticmethod
    def _ends_soon(tokens: auth_pb2.Tokens) -> bool:
        return tokens.access_expire_time.ToSeconds() - time.time() < RENEW_BEFORE_SECONDS

    async def _fresh(self) -> auth_pb2.Tokens:
        if self._tokens is not None:
            request = auth_pb2.RefreshRequest(refresh_token=self._tokens.refresh_token)
            try:
                return (await self._auth.Refresh(request, timeout=CALL_TIMEOUT_SECONDS)).tokens
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAUTHENTICATED:
                    raise
        login = auth_pb2.LoginRequest(email=self._account.email, password=self._account.password)
        return (await self._auth.Login(login, timeout=CALL_TIMEOUT_SECONDS)).tokens
