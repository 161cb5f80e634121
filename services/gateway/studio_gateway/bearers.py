"""Whom a bearer of a call stands for: the access token of a session, or an API key."""

from __future__ import annotations

from uuid import UUID

from studio_gateway.api_keys import SECRET_PREFIX, ApiKeys, key_of
from studio_gateway.sessions import Sessions
from studio_platform.identity import Identity, IdentityTokenVerifier


class Bearers:
    """Reads what follows "Authorization: Bearer"; a key is told by how it begins."""

    def __init__(self, tokens: IdentityTokenVerifier, keys: ApiKeys, sessions: Sessions) -> None:
        self._tokens = tokens
        self._keys = keys
        self._sessions = sessions

    async def verify(self, token: str) -> Identity:
        """The caller. Raises Unauthenticated."""
        if token.startswith(SECRET_PREFIX):
            return await self._keys.verify(token)
        identity = await self._tokens.verify(token)
        await self._sessions.check_recently(identity)
        return identity

    async def check_live(self, identity: Identity) -> None:
        """Raises Unauthenticated once the session, or the key, has ended."""
        key_id = key_of(identity)
        if key_id is None:
            await self._sessions.check_live(str(UUID(identity.session_id)))
        else:
            await self._keys.check_live(key_id)
