"""Who asks the object store: two keys that stay, or sessions for a workload's own identity.

A session comes from a token service (AssumeRoleWithWebIdentity) in exchange for a token in a file, which the
orchestrator renews. Half its life before its end another takes its place, so that an address signed with it
answers at least so long.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from html import unescape
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import urllib3
from minio.credentials.credentials import Credentials
from minio.credentials.providers import Provider, StaticProvider

from studio_platform.logs import get_logger
from studio_platform.objects import StoreUnavailable
from studio_platform.settings import ObjectSettings

if TYPE_CHECKING:
    from obstore.store import S3Credential

TIMEOUT_SECONDS = 10.0
PAUSE = timedelta(seconds=30)
"""Between tries to renew a session that still lives."""
RETRIES = 2
TOKEN_MAX_BYTES = 64 * 1024
# A missing token, a refusal, an odd answer, a service that is away.
_NOT_GIVEN = (OSError, ValueError, urllib3.exceptions.HTTPError)

_NAMES = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
_GIVEN = re.compile(f"<({'|'.join(_NAMES)})>([^<]+)<")
_WHY = re.compile(r"<(?:Code|Message)>([^<]*)<")
_log = get_logger(__name__)


class WorkloadIdentity(Provider):
    """Sessions of one role, shared by all threads of the process."""

    def __init__(
        self,
        settings: ObjectSettings,
        service: urllib3.PoolManager | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._service = service or urllib3.PoolManager(
            timeout=urllib3.Timeout(TIMEOUT_SECONDS), retries=urllib3.Retry(RETRIES, backoff_factor=0.2)
        )
        self._now = now
        self._lock = threading.Lock()
        self._session: Credentials | None = None
        self._renew_at = now()

    def retrieve(self) -> Credentials:
        """The session, renewed where half its life is over; blocks for a request then.

        While renewals fail, the session that is there stays until its end. Raises StoreUnavailable.
        """
        with self._lock:
            now = self._now()
            if self._session is None or now >= self._renew_at:
                self._session = self._renewed(now)
            return self._session

    def _renewed(self, now: datetime) -> Credentials:
        try:
            session = self._exchanged()
        except _NOT_GIVEN as error:
            if self._session is None or _end(self._session, now) <= now:
                raise StoreUnavailable(f"no session for this workload: {error}") from error
            _log.warning("the store's session is not renewed yet", error=str(error))
            self._renew_at = now + PAUSE
            return self._session
        self._renew_at = now + (_end(session, now) - now) / 2
        return session

    def _exchanged(self) -> Credentials:
        settings = self._settings
        fields = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": settings.s3_role,
            "RoleSessionName": "film-studio",
            "DurationSeconds": str(settings.s3_session_seconds),
            "WebIdentityToken": _token(Path(settings.s3_identity_token_path)),
        }
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        # In the body, and not by the SDK: addresses with their queries are written into logs and errors.
        answer = self._service.request(
            "POST", settings.s3_token_service_url, body=urlencode(fields), headers=form
        )
        text = answer.data.decode(errors="replace")
        if answer.status != HTTPStatus.OK:
            raise ValueError(" ".join([f"HTTP {answer.status}", *_WHY.findall(text)]))
        return _session(text)


def provider_of(settings: ObjectSettings) -> Provider:
    """Who these settings say that the process is."""
    if settings.s3_identity_token_path:
        return WorkloadIdentity(settings)
    return StaticProvider(settings.s3_access_key, settings.s3_secret_key.get_secret_value())


class Caller:
    """The same for the loop: nothing here blocks it."""

    def __init__(self, provider: Provider, executor: Executor) -> None:
        self.provider = provider
        self._executor = executor

    @property
    def is_lasting(self) -> bool:
        """Whether its keys stay."""
        return isinstance(self.provider, StaticProvider)

    async def credentials(self) -> Credentials:
        """Those of now. Raises StoreUnavailable."""
        if self.is_lasting:
            return self.provider.retrieve()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self.provider.retrieve)

    async def __call__(self) -> S3Credential:
        """In obstore's form, which asks again before they end."""
        found = await self.credentials()
        return {
            "access_key_id": found.access_key,
            "secret_access_key": found.secret_key,
            "token": found.session_token,
            "expires_at": found.expiration.replace(tzinfo=UTC) if found.expiration else None,
        }


def _session(answer: str) -> Credentials:
    """What the service gave. Raises ValueError for anything else."""
    found = {name: unescape(text) for name, text in _GIVEN.findall(answer)}
    if len(found) != len(_NAMES):
        raise ValueError(f"its answer lacks {', '.join(sorted(set(_NAMES) - set(found)))}")
    key, secret, token, end = (found[name] for name in _NAMES)
    return Credentials(key, secret, token, datetime.fromisoformat(end))


def _token(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(TOKEN_MAX_BYTES).decode().strip()


def _end(session: Credentials, now: datetime) -> datetime:
    """When it ends; the SDK keeps times of UTC without saying so."""
    return session.expiration.replace(tzinfo=UTC) if session.expiration else now
