"""The bucket, made where it is missing and the identity may."""

from __future__ import annotations

import asyncio

import urllib3
from minio import Minio
from minio.error import S3Error

from studio_platform.errors import Unavailable
from studio_platform.logs import get_logger
from studio_platform.objects import StoreUnavailable
from studio_platform.s3_identity import provider_of
from studio_platform.settings import ObjectSettings

TRIES = 30
PAUSE_SECONDS = 2.0
TIMEOUT_SECONDS = 10.0

_log = get_logger(__name__)


async def ensure_bucket(settings: ObjectSettings) -> None:
    """Makes the bucket unless it is there; waits a minute for the store.

    Raises Unavailable when the store does not come, or refuses.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            made = await asyncio.to_thread(_ensure, settings)
        except S3Error as error:
            raise _unavailable(f"{error.code}: {error.message}") from error
        except (urllib3.exceptions.HTTPError, StoreUnavailable) as error:
            if not tries_left:
                raise _unavailable(repr(error)) from error
            _log.info("the store is not there yet", error=repr(error))
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            _log.info("bucket", name=settings.s3_bucket, made=made)
            return


def _ensure(settings: ObjectSettings) -> bool:
    pool = urllib3.PoolManager(timeout=urllib3.Timeout(TIMEOUT_SECONDS), retries=False)
    client = Minio(
        settings.s3_endpoint,
        credentials=provider_of(settings),
        secure=settings.s3_secure,
        region=settings.s3_region,
        http_client=pool,
    )
    if client.bucket_exists(settings.s3_bucket):
        return False
    client.make_bucket(settings.s3_bucket, settings.s3_region)
    return True


def _unavailable(detail: str) -> Unavailable:
    return Unavailable("STORE_UNAVAILABLE", "The object store is away; try again shortly.", detail)
