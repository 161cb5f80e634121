"""Sessions: what signs in, what renews, what ends; refresh tokens that are spent on each use (RFC 9700)."""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from studio_gateway.account import SECRET_BYTES, Account, AccountStore, RefreshToken
from studio_gateway.grants import Grants
from studio_gateway.recent import Recent
from studio_gateway.shown_once import digest
from studio_platform.clock import Clock
from studio_platform.errors import Unauthenticated, Unavailable
from studio_platform.identity import Identity, TokenSigner
from studio_platform.ids import new_id
from studio_platform.logs import get_logger

SUCCESSOR_GRACE = timedelta(seconds=10)
LOOK_SECONDS = 1.0
SUCCESSOR_SECRET = "refresh-successor"  # noqa: S105 - the secret's name, not the secret

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a session hands out: a JWT for calls and an opaque text for renewing, with their ends (UTC)."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


class Sessions:
    """Begins, renews and ends sessions.

    The successor of a refresh token is the HMAC-SHA-256 of the token under a key of the server, so that
    two tabs that renew at once get the same one and nothing that could sign in is stored.
    """

    def __init__(
        self,
        store: AccountStore,
        signer: TokenSigner,
        clock: Clock,
        successor_key: bytes,
        grants: Grants,
        refresh_lifetime: timedelta,
    ) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock
        self._successor_key = successor_key
        self._grants = grants
        self._refresh_lifetime = refresh_lifetime
        self._recent: Recent[str, str] = Recent(clock.monotonic)

    async def begin(self, account: Account) -> Tokens:
        """Signs an account in."""
        family_id = new_id()
        refresh_token = _written(secrets.token_bytes(SECRET_BYTES))
        now = self._clock.now()
        expires_at = now + self._refresh_lifetime
        await self._store.begin_session(family_id, account.user_id, digest(refresh_token), now, expires_at)
        return self._tokens(account, family_id, refresh_token, expires_at)

    async def renew(self, refresh_token: str) -> Tokens:
        """Spends the token for a new pair; the same pair again within SUCCESSOR_GRACE.

        Later reuse ends the session. Raises Unauthenticated for that, and for a token that is unknown,
        over, or of a session that has ended.
        """
        now = self._clock.now()
        successor = self._successor(refresh_token)
        expires_at = now + self._refresh_lifetime
        family_id = await self._store.rotate(digest(refresh_token), digest(successor), now, expires_at)
        if family_id is None:
            expires_at = await self._granted_again(digest(refresh_token), digest(successor), now)
        stored = await self._live(digest(successor))
        account = await self._store.account_by_id(stored.user_id)
        if account is None:
            raise _over("the account is gone")
        return self._tokens(account, stored.family_id, successor, expires_at)

    async def end(self, refresh_token: str) -> None:
        """Ends the session of any of its refresh tokens; an unknown token changes nothing."""
        stored = await self._store.refresh_token(digest(refresh_token))
        if stored is not None:
            await self._store.revoke_session(stored.family_id, self._clock.now())
            self.forget(stored.user_id)

    async def end_all(self, user_id: UUID) -> None:
        """Ends every session of a user."""
        await self._store.revoke_sessions_of(user_id, self._clock.now())
        self.forget(user_id)

    def forget(self, user_id: UUID) -> None:
        """Looks the user's sessions up at their next call: some have ended."""
        self._recent.forget(lambda owner: owner == str(user_id))

    async def check_live(self, session_id: str) -> None:
        """Raises Unauthenticated once the session has ended."""
        if not await self._store.session_is_live(UUID(session_id)):
            raise _over("the session was ended")

    async def check_recently(self, identity: Identity) -> None:
        """Raises Unauthenticated once the session has ended, as it was known within recent.KEPT_SECONDS.

        Where nobody can say in LOOK_SECONDS, its token's own end counts.
        """
        session_id = identity.session_id
        if self._recent.get(session_id) is not None:
            return
        # From now on: what comes while this one looks need not look too.
        self._recent.keep(session_id, identity.user_id)
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self.check_live(session_id)
        except (Unavailable, TimeoutError) as error:
            _log.warning("session not looked up, its token counts", error=str(error))
        except Unauthenticated:
            self._recent.forget(lambda owner: owner == identity.user_id)
            raise

    async def _granted_again(self, digest: bytes, successor: bytes, now: datetime) -> datetime:
        """When the successor ends, if the token was spent just now; ends the session for older reuse."""
        spent = await self._live(digest)
        if spent.spent_at is None:
            raise _over("the refresh token is over")
        if now - spent.spent_at > SUCCESSOR_GRACE:
            await self._store.revoke_session(spent.family_id, now)
            self.forget(spent.user_id)
            _log.warning("refresh token used again: session ended", session=str(spent.family_id))
            raise Unauthenticated("REFRESH_REUSED", "This session was ended. Sign in again.")
        return (await self._live(successor)).expires_at

    async def _live(self, digest: bytes) -> RefreshToken:
        stored = await self._store.refresh_token(digest)
        if stored is None:
            raise _over("the refresh token is unknown")
        if stored.family_revoked_at is not None:
            raise _over("the session was ended")
        return stored

    def _tokens(
        self, account: Account, family_id: UUID, refresh_token: str, refresh_expires_at: datetime
    ) -> Tokens:
        access_token, expires = self._signer.sign(
            Identity(
                user_id=str(account.user_id),
                workspace_id=str(account.workspace_id),
                scopes=self._grants.scopes(account),
                roles=frozenset({account.role}),
                session_id=str(family_id),
            )
        )
        access_expires_at = datetime.fromtimestamp(expires, UTC)
        return Tokens(access_token, access_expires_at, refresh_token, refresh_expires_at)

    def _successor(self, refresh_token: str) -> str:
        return _written(hmac.digest(self._successor_key, refresh_token.encode(), "sha256"))


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _over(why: str) -> Unauthenticated:
    return Unauthenticated("SESSION_OVER", "Your session is over. Sign in again.", why)
