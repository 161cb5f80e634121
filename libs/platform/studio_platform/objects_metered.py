"""The object store with a stopwatch: seconds and errors of each verb."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram

from studio_platform.errors import StudioError
from studio_platform.objects import ObjectInfo, ObjectMissing, ObjectStore
from studio_platform.objects_forwarding import ForwardingObjectStore

_BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_UNEXPECTED = "UNEXPECTED"


class MeteredObjectStore(ForwardingObjectStore):
    """Another store, each call that reaches it counted; one a registry. Signing asks it nothing."""

    def __init__(self, store: ObjectStore, registry: CollectorRegistry) -> None:
        super().__init__(store)
        self._seconds = Histogram(
            "film_object_store_seconds",
            "Seconds of a call of the object store, failed ones too.",
            ["verb"],
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._errors = Counter(
            "film_object_store_errors",
            "Calls of the object store that failed; a missing object is an answer, not a failure.",
            ["verb", "reason"],
            registry=registry,
        )

    async def put_if_absent(
        self, key: str, *, data: bytes | None = None, path: Path | None = None, media_type: str
    ) -> bool:
        """See ObjectStore."""
        with self._call("put"):
            return await self._objects.put_if_absent(key, data=data, path=path, media_type=media_type)

    async def get(self, key: str) -> bytes:
        """See ObjectStore."""
        with self._call("get"):
            return await self._objects.get(key)

    async def download(self, key: str, path: Path) -> None:
        """See ObjectStore."""
        with self._call("download"):
            await self._objects.download(key, path)

    async def stat(self, key: str) -> ObjectInfo | None:
        """See ObjectStore."""
        with self._call("stat"):
            return await self._objects.stat(key)

    async def list(
        self, prefix: str, *, after: str = "", count_max: int | None = None
    ) -> Sequence[ObjectInfo]:
        """See ObjectStore."""
        with self._call("list"):
            return await self._objects.list(prefix, after=after, count_max=count_max)

    async def delete(self, key: str) -> None:
        """See ObjectStore."""
        with self._call("delete"):
            await self._objects.delete(key)

    @contextmanager
    def _call(self, verb: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        except ObjectMissing:
            raise
        except Exception as error:
            reason = error.reason if isinstance(error, StudioError) else _UNEXPECTED
            self._errors.labels(verb, reason).inc()
            raise
        finally:
            self._seconds.labels(verb).observe(time.perf_counter() - started)
