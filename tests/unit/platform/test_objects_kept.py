"""An object store that keeps large blobs on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio_platform.objects import ObjectMissing
from studio_platform.objects_kept import KEPT_MIN_BYTES, KeptBlobs
from studio_platform.objects_memory import MemoryObjectStore

BLOB, OTHER, MANIFEST = "blobs/w/0a", "blobs/w/0b", "artifacts/w/film/0a.0"
MEDIA_TYPE = "video/mp4"
CONTENT = b"part" * (KEPT_MIN_BYTES // 4)


@pytest.fixture
def inner() -> MemoryObjectStore:
    return MemoryObjectStore()


@pytest.fixture
async def kept(inner: MemoryObjectStore) -> AsyncIterator[KeptBlobs]:
    kept = KeptBlobs(inner, 2 * len(CONTENT))
    yield kept
    await kept.close()


@pytest.mark.parametrize("is_file", [True, False])
async def test_what_was_sent_is_read_without_the_store(
    inner: MemoryObjectStore, kept: KeptBlobs, tmp_path: Path, is_file: bool
) -> None:
    made = tmp_path / "made"
    made.write_bytes(CONTENT)
    source = {"path": made} if is_file else {"data": CONTENT}
    await kept.put_if_absent(BLOB, **source, media_type=MEDIA_TYPE)
    made.unlink()
    inner.is_away = True

    await kept.download(BLOB, tmp_path / "read")

    assert (tmp_path / "read").read_bytes() == CONTENT


async def test_what_was_fetched_is_read_again_without_the_store(
    inner: MemoryObjectStore, kept: KeptBlobs, tmp_path: Path
) -> None:
    await inner.put_if_absent(BLOB, data=CONTENT, media_type=MEDIA_TYPE)
    await kept.download(BLOB, tmp_path / "first")
    (tmp_path / "first").write_bytes(b"changed by who asked for it")
    inner.is_away = True

    for name in ("second", "third"):
        await kept.download(BLOB, tmp_path / name)

    assert [(tmp_path / name).read_bytes() for name in ("second", "third")] == [CONTENT, CONTENT]


@pytest.mark.parametrize("content", [CONTENT[1:], CONTENT + b"1"])
async def test_the_small_and_the_huge_are_asked_for_each_time(
    inner: MemoryObjectStore, kept: KeptBlobs, tmp_path: Path, content: bytes
) -> None:
    await kept.put_if_absent(BLOB, data=content, media_type=MEDIA_TYPE)
    inner.objects.clear()

    with pytest.raises(ObjectMissing):
        await kept.download(BLOB, tmp_path / "read")


async def test_only_blobs_are_kept(inner: MemoryObjectStore, kept: KeptBlobs, tmp_path: Path) -> None:
    await kept.put_if_absent(MANIFEST, data=CONTENT, media_type=MEDIA_TYPE)
    inner.objects.clear()

    with pytest.raises(ObjectMissing):
        await kept.download(MANIFEST, tmp_path / "read")


async def test_the_longest_unused_makes_room(
    inner: MemoryObjectStore, kept: KeptBlobs, tmp_path: Path
) -> None:
    for key in (BLOB, OTHER):
        await kept.put_if_absent(key, data=CONTENT, media_type=MEDIA_TYPE)
    await kept.download(BLOB, tmp_path / "used")
    await kept.put_if_absent("blobs/w/0c", data=CONTENT, media_type=MEDIA_TYPE)
    inner.objects.clear()

    await kept.download(BLOB, tmp_path / "read")
    with pytest.raises(ObjectMissing):
        await kept.download(OTHER, tmp_path / "read")


async def test_a_deleted_blob_is_forgotten(kept: KeptBlobs, tmp_path: Path) -> None:
    await kept.put_if_absent(BLOB, data=CONTENT, media_type=MEDIA_TYPE)
    await kept.delete(BLOB)

    with pytest.raises(ObjectMissing):
        await kept.download(BLOB, tmp_path / "read")
