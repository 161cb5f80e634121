"""Where the pipeline's tasks leave their files: a folder, or a bucket by the SDK that Film Studio uses."""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path
from typing import Protocol

from minio import Minio


class Files(Protocol):
    """Named files that every worker process sees."""

    def read(self, name: str) -> bytes:
        """A file's bytes."""

    def write(self, name: str, content: bytes) -> None:
        """Make a file."""


class FolderFiles:
    """On the local disk, as pipelines on one machine do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """See Files."""
        return (self._folder / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """See Files."""
        (self._folder / name).write_bytes(content)


class BucketFiles:
    """On an S3 server, as pipelines whose workers are on several machines do."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, name: str) -> bytes:
        """See Files."""
        response = self._client.get_object(self._bucket, name)
        try:
            return bytes(response.read())
        finally:
            response.close()
            response.release_conn()

    def write(self, name: str, content: bytes) -> None:
        """See Files."""
        self._client.put_object(self._bucket, name, io.BytesIO(content), len(content))


@cache
def files() -> Files:
    """What the environment says; one a process."""
    endpoint = os.environ.get("BENCH_S3_ENDPOINT")
    if not endpoint:
        return FolderFiles(Path(os.environ["BENCH_FOLDER"]))
    client = Minio(
        endpoint,
        access_key=os.environ["BENCH_S3_ACCESS_KEY"],
        secret_key=os.environ["BENCH_S3_SECRET_KEY"],
        secure=False,
        region="us-east-1",
    )
    return BucketFiles(client, os.environ["BENCH_S3_BUCKET"])
