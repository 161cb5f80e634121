"""A bucket of a test's own on the session's S3 server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3
from minio import Minio
from pydantic import SecretStr

from studio_platform.embedded.objects import S3Identity
from studio_platform.settings import ObjectSettings
from studio_platform.testing.servers import S3Server

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Bucket:
    """An empty bucket: its `name`, the server's `endpoint` (host:port) and who may use it."""

    name: str
    endpoint: str
    admin: S3Identity
    generator: S3Identity

    def settings(self, endpoint: str = "") -> ObjectSettings:
        """Those of whoever may do all in it, by another address perhaps."""
        return ObjectSettings(
            s3_endpoint=endpoint or self.endpoint,
            s3_access_key=self.admin.access_key,
            s3_secret_key=SecretStr(self.admin.secret_key),
            s3_bucket=self.name,
        )


@contextmanager
def fresh_bucket(server: S3Server) -> Iterator[Bucket]:
    """A new bucket, removed with all its objects at the end (each bucket holds volumes of the server)."""
    bucket = Bucket(f"test-{secrets.token_hex(6)}", server.endpoint, server.admin, server.generator)
    with urllib3.PoolManager(timeout=urllib3.Timeout(2, 30)) as pool:
        client = Minio(
            bucket.endpoint,
            access_key=bucket.admin.access_key,
            secret_key=bucket.admin.secret_key,
            secure=False,
            region=REGION,
            http_client=pool,
        )
        client.make_bucket(bucket.name)
        yield bucket
        client.remove_bucket(bucket.name)
