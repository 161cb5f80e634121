"""An object store that remembers blobs for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio_platform.objects import ObjectMissing
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.objects_recent import CONTENT_MAX_BYTES, KNOWN_SECONDS, RecentBlobs

BLOB, MANIFEST = "blobs/w/0a", "artifacts/w/still/0a.0"
MEDIA_TYPE = "text/plain"


class Watch:
    """A clock that a test sets, seconds."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def inner() -> MemoryObjectStore:
    return MemoryObjectStore()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def recent(inner: MemoryObjectStore, watch: Watch) -> RecentBlobs:
    return RecentBlobs(inner, watch.monotonic)


async def test_a_blob_that_was_just_stored_is_not_sent_again(
    inner: MemoryObjectStore, recent: RecentBlobs
) -> None:
    first = await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)
    inner.is_away = True

    second = await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)

    assert (first, second) == (True, False)


async def test_a_blob_that_was_stored_long_ago_is_sent_again(
    inner: MemoryObjectStore, recent: RecentBlobs, watch: Watch
) -> None:
    await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)
    await inner.delete(BLOB)
    watch.now = KNOWN_SECONDS

    await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)

    assert inner.objects[BLOB] == b"part"


async def test_a_manifest_is_always_sent(inner: MemoryObjectStore, recent: RecentBlobs) -> None:
    await recent.put_if_absent(MANIFEST, data=b"one", media_type=MEDIA_TYPE)
    await inner.delete(MANIFEST)

    is_new = await recent.put_if_absent(MANIFEST, data=b"two", media_type=MEDIA_TYPE)

    assert is_new
    assert await recent.get(MANIFEST) == b"two"


async def test_a_blob_that_could_not_be_stored_is_not_taken_for_stored(
    inner: MemoryObjectStore, recent: RecentBlobs
) -> None:
    inner.is_away = True
    with pytest.raises(Exception, match="away"):
        await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)
    inner.is_away = False

    await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)

    assert inner.objects[BLOB] == b"part"


async def test_a_small_blob_is_fetched_once(
    inner: MemoryObjectStore, recent: RecentBlobs, tmp_path: Path
) -> None:
    await inner.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)
    await recent.download(BLOB, tmp_path / "first")
    inner.is_away = True

    await recent.download(BLOB, tmp_path / "second")

    assert (tmp_path / "second").read_bytes() == b"part"
    assert await recent.get(BLOB) == b"part"


async def test_a_large_blob_is_fetched_each_time(
    inner: MemoryObjectStore, recent: RecentBlobs, tmp_path: Path
) -> None:
    await inner.put_if_absent(BLOB, data=bytes(CONTENT_MAX_BYTES + 1), media_type=MEDIA_TYPE)
    await recent.download(BLOB, tmp_path / "first")
    await inner.delete(BLOB)

    with pytest.raises(ObjectMissing):
        await recent.download(BLOB, tmp_path / "second")


async def test_memory_for_small_blobs_is_bounded(inner: MemoryObjectStore, recent: RecentBlobs) -> None:
    content = bytes(CONTENT_MAX_BYTES)
    for number in range(129):
        await recent.put_if_absent(f"blobs/w/{number}", data=content, media_type=MEDIA_TYPE)
    inner.objects.clear()

    with pytest.raises(ObjectMissing):
        await recent.get("blobs/w/0")
    assert await recent.get("blobs/w/128") == content


async def test_a_deleted_blob_is_forgotten(inner: MemoryObjectStore, recent: RecentBlobs) -> None:
    await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)
    await recent.delete(BLOB)

    with pytest.raises(ObjectMissing):
        await recent.get(BLOB)
    assert await recent.put_if_absent(BLOB, data=b"part", media_type=MEDIA_TYPE)
