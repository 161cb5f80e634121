"""The object store on S3: by obstore what every task asks, by the minio SDK the rest."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar
from xml.etree import ElementTree

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError

from studio_platform.objects import (
    ObjectInfo,
    SignedPut,
    StoreUnavailable,
    require_one_source,
)
from studio_platform.s3_identity import Caller, provider_of
from studio_platform.s3_multipart import PART_SIZE_BYTES, create_in_parts
from studio_platform.s3_requests import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    RETRIES,
    ObjectRequests,
    refused,
)
from studio_platform.s3_signing import Signer
from studio_platform.settings import ObjectSettings

THREADS_MAX = 16

T = TypeVar("T")

_TAKEN_CODES = frozenset({"PreconditionFailed"})


@asynccontextmanager
async def open_objects(settings: ObjectSettings) -> AsyncIterator[S3ObjectStore]:
    """The store of these settings; its threads end with it."""
    executor = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="s3")
    pool = urllib3.PoolManager(
        maxsize=THREADS_MAX,
        block=True,
        timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS),
        retries=urllib3.Retry(total=RETRIES, status=0, backoff_factor=0.1),
    )
    caller = Caller(provider_of(settings), executor)
    try:
        yield S3ObjectStore(
            ObjectRequests(settings, None if caller.is_lasting else caller),
            _client(settings, settings.s3_endpoint, caller, pool),
            _client(settings, settings.s3_public_endpoint or settings.s3_endpoint, caller, pool),
            settings.s3_bucket,
            executor,
            settings.media_public_base_url,
            _put_base_url(settings),
            settings.s3_region,
            caller,
        )
    finally:
        pool.clear()
        executor.shutdown(wait=False, cancel_futures=True)


def _client(settings: ObjectSettings, endpoint: str, caller: Caller, pool: urllib3.PoolManager) -> Minio:
    return Minio(
        endpoint,
        credentials=caller.provider,
        secure=settings.s3_secure,
        region=settings.s3_region,
        http_client=pool,
    )


def _put_base_url(settings: ObjectSettings) -> str:
    scheme, port = ("https", ":443") if settings.s3_secure else ("http", ":80")
    # Clients leave the usual port out of the host that is signed.
    return f"{scheme}://{(settings.s3_public_endpoint or settings.s3_endpoint).removesuffix(port)}"


class S3ObjectStore:
    """See the ObjectStore port."""

    def __init__(
        self,
        requests: ObjectRequests,
        client: Minio,
        public: Minio,
        bucket: str,
        executor: ThreadPoolExecutor,
        media_base_url: str,
        put_base_url: str,
        region: str,
        caller: Caller,
    ) -> None:
        self._requests = requests
        self._client = client
        self._public = public
        self._bucket = bucket
        self._executor = executor
        self._media_base_url = media_base_url
        self._put_base_url = put_base_url
        self._region = region
        self._caller = caller

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """Create an object; False when the key is taken. Raises StoreFull, StoreUnavailable."""
        require_one_source(data, path)
        if path is None:
            content = data or b""
        elif (await asyncio.to_thread(path.stat)).st_size > PART_SIZE_BYTES:
            return await self._create_in_parts(key, lambda: path.open("rb"), media_type)
        else:
            content = await asyncio.to_thread(path.read_bytes)
        if len(content) > PART_SIZE_BYTES:
            return await self._create_in_parts(key, lambda: io.BytesIO(content), media_type)
        return await self._requests.create(key, content, media_type)

    async def _create_in_parts(self, key: str, opened: Callable[[], BinaryIO], media_type: str) -> bool:
        if await self._requests.stat(key) is not None:
            return False

        def create() -> bool:
            with opened() as stream:
                try:
                    create_in_parts(self._client, self._bucket, key, stream, media_type)
                except S3Error as error:
                    if error.code in _TAKEN_CODES:
                        return False
                    raise
            return True

        return await self._run(create, key)

    async def get(self, key: str) -> bytes:
        """An object's bytes. Raises ObjectMissing, StoreUnavailable."""
        return await self._requests.get(key)

    async def download(self, key: str, path: Path) -> None:
        """Write an object into a file. Raises ObjectMissing, StoreUnavailable."""
        await self._requests.download(key, path)

    async def stat(self, key: str) -> ObjectInfo | None:
        """An object's size; None when it is missing. Raises StoreUnavailable."""
        return await self._requests.stat(key)

    async def list(
        self, prefix: str, *, after: str = "", count_max: int | None = None
    ) -> Sequence[ObjectInfo]:
        """See ObjectStore. Raises StoreUnavailable."""

        def read() -> Sequence[ObjectInfo]:
            found = self._client.list_objects(
                self._bucket, prefix=prefix, recursive=True, start_after=after or None
            )
            infos = [
                ObjectInfo(str(item.object_name), int(item.size or 0), item.last_modified)
                for item in islice(found, count_max)
            ]
            # SeaweedFS sorts folder by folder: "a/b" comes before "a-b" there.
            return sorted(infos, key=lambda info: info.key)

        return await self._run(read, prefix)

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is no fault. Raises StoreUnavailable."""
        await self._requests.delete(key)

    async def presigned_get(self, key: str, *, expires_seconds: int, filename: str, media_type: str) -> str:
        """An address for clients that answers GET with ranges for `expires_seconds` to twice as long.

        Made without a request, and the same within each `expires_seconds`, so that a CDN can keep the answer.
        A workload's identity may ask for a session first, and its addresses end with that.
        """
        # Signing asks for the credentials on the loop: they are there by then.
        await self._caller.credentials()
        window = int(time.time()) // expires_seconds * expires_seconds
        url = str(
            self._public.presigned_get_object(
                self._bucket,
                key,
                expires=timedelta(seconds=2 * expires_seconds),
                request_date=datetime.fromtimestamp(window, UTC),
                response_headers={
                    "response-content-disposition": f'attachment; filename="{filename}"',
                    "response-content-type": media_type,
                },
            )
        )
        return self._media_base_url + "/" + url.split("/", 3)[3] if self._media_base_url else url

    async def presigned_put(
        self, key: str, *, expires_seconds: int, size_bytes: int, media_type: str
    ) -> SignedPut:
        """See ObjectStore. Made without a request; a CDN has no part in it."""
        headers = {"Content-Length": str(size_bytes), "Content-Type": media_type}
        found = await self._caller.credentials()
        signer = Signer(found.access_key, found.secret_key, self._region, found.session_token or "")
        at = datetime.now(UTC)
        path = f"/{self._bucket}/{key}"
        return SignedPut(signer.put_url(self._put_base_url, path, headers, at, expires_seconds), headers)

    async def _run(self, call: Callable[[], T], key: str) -> T:
        """Run a call of the SDK in a thread of the store's own; its errors become the port's."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, call)
        except S3Error as error:
            status = getattr(error.response, "status", 0)
            raise refused(key, status, f"{error.code} {error.message}", error.code or "") from error
        except ServerError as error:
            raise refused(key, error.status_code, str(error)) from error
        except InvalidResponseError as error:
            raise refused(key, error._code, str(error)) from error
        except (urllib3.exceptions.HTTPError, ConnectionError, ElementTree.ParseError) as error:
            raise StoreUnavailable(f"{key}: {error!r}") from error
