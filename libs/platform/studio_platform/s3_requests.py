"""The requests of the object store that every task makes, by obstore: a third of the SDK's cost.

What obstore lacks stays with the minio SDK: signed addresses with a file's name, and parts created only
where nothing is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from filmstudio.servers import is_loopback
from studio_platform.objects import ObjectInfo, ObjectMissing, StoreFull, StoreUnavailable
from studio_platform.settings import ObjectSettings

if TYPE_CHECKING:
    from obstore import BytesStream
    from obstore.store import ClientConfig, S3Config, S3CredentialProvider

CONNECT_TIMEOUT_SECONDS = 2
READ_TIMEOUT_SECONDS = 30
TRANSFER_TIMEOUT_SECONDS = 600
RETRIES = 2
RETRIES_SECONDS = 60
BACKOFF_FIRST_SECONDS = 0.1
BACKOFF_LONGEST_SECONDS = 1.0
CHUNK_BYTES = 1024 * 1024

FULL_STATUS = 507
FULL_CODES = frozenset({"XMinioStorageFull", "InsufficientStorage", "QuotaExceeded", "EntityTooLarge"})

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_CONFLICT_STATUS = 409


class ObjectRequests:
    """One bucket's objects of a moderate size; the runtime's threads make the requests.

    Raises StoreUnavailable for a server that does not answer, or answers that it cannot.
    """

    def __init__(self, settings: ObjectSettings, credential: S3CredentialProvider | None = None) -> None:
        """Asks with what `credential` gives, else with the settings' keys."""
        config: S3Config = {} if credential else _keys(settings)
        self._store = S3Store(
            settings.s3_bucket,
            config=config,
            credential_provider=credential,
            endpoint=f"{'https' if settings.s3_secure else 'http'}://{settings.s3_endpoint}",
            region=settings.s3_region,
            virtual_hosted_style_request=False,
            client_options=_client_options(settings.s3_endpoint),
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=RETRIES_SECONDS),
                "backoff": {
                    "init_backoff": timedelta(seconds=BACKOFF_FIRST_SECONDS),
                    "max_backoff": timedelta(seconds=BACKOFF_LONGEST_SECONDS),
                    "base": 2,
                },
            },
        )

    async def create(self, key: str, data: bytes, media_type: str) -> bool:
        """Create an object; False when the key is taken. Raises StoreFull."""
        with _translating(key):
            try:
                await obstore.put_async(
                    self._store,
                    key,
                    data,
                    mode="create",
                    attributes={"Content-Type": media_type},
                    use_multipart=False,
                )
            except AlreadyExistsError as error:
                # 409: another request for the key is under way, whose end nobody knows yet.
                if _status(str(error)) == _CONFLICT_STATUS:
                    raise
                return False
        return True

    async def get(self, key: str) -> bytes:
        """An object's bytes. Raises ObjectMissing."""
        with _translating(key):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def download(self, key: str, path: Path) -> None:
        """Write an object into a file. Raises ObjectMissing, and OSError for the file."""
        with _translating(key):
            found = await obstore.get_async(self._store, key)
        if found.meta["size"] <= CHUNK_BYTES:
            with _translating(key):
                content = await found.bytes_async()
            await asyncio.to_thread(path.write_bytes, content)
            return
        chunks = found.stream(min_chunk_size=CHUNK_BYTES)
        with await asyncio.to_thread(path.open, "wb") as file:
            while chunk := await _next(chunks, key):
                await asyncio.to_thread(file.write, chunk)

    async def stat(self, key: str) -> ObjectInfo | None:
        """An object's size; None when it is missing."""
        try:
            with _translating(key):
                found = await obstore.head_async(self._store, key)
        except ObjectMissing:
            return None
        return ObjectInfo(key, found["size"], found["last_modified"])

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is no fault."""
        try:
            with _translating(key):
                await obstore.delete_async(self._store, key)
        except ObjectMissing:
            return


def refused(key: str, status: int, detail: str, code: str = "") -> StoreFull | StoreUnavailable:
    """The port's error for an answer that is neither a content nor a miss; `code` is S3's word."""
    if code in FULL_CODES:
        return StoreFull(f"{key}: {code}")
    if status == FULL_STATUS:
        return StoreFull(f"{key}: {detail}")
    return StoreUnavailable(f"HTTP {status}: {key}: {detail}")


def _keys(settings: ObjectSettings) -> S3Config:
    return {
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key.get_secret_value(),
    }


def _client_options(endpoint: str) -> ClientConfig:
    options: ClientConfig = {
        "allow_http": True,
        "http1_only": True,
        "connect_timeout": timedelta(seconds=CONNECT_TIMEOUT_SECONDS),
        "read_timeout": timedelta(seconds=READ_TIMEOUT_SECONDS),
        "timeout": timedelta(seconds=TRANSFER_TIMEOUT_SECONDS),
    }
    host = endpoint.rpartition(":")[0].strip("[]") or endpoint
    if is_loopback(host):
        # A proxy of the environment can't reach this machine's own server; naming one here switches that
        # off, and it serves no host.
        options |= {"proxy_url": "http://127.0.0.1:9", "proxy_excludes": host}
    return options


async def _next(chunks: BytesStream, key: str) -> bytes | None:
    with _translating(key):
        return await anext(chunks, None)


@contextmanager
def _translating(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(key) from error
    except BaseError as error:
        raise _translated(str(error), key) from error


def _translated(text: str, key: str) -> StoreFull | StoreUnavailable:
    """The port's error for obstore's, which tells the answer in its text alone."""
    first = " ".join(text.partition("\n\nDebug source")[0].split())
    code = _CODE.search(first)
    return refused(key, _status(first), first, code.group(1) if code else "")


def _status(text: str) -> int:
    found = _STATUS.search(text)
    return int(found.group(1)) if found else 0
