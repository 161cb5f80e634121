"""One behaviour of the object store, shown on its twin in memory and on a real S3 server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3

from studio_platform.objects import ObjectInfo, ObjectMissing, ObjectStore, SignedPut
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.s3 import open_objects
from studio_platform.s3_multipart import PART_SIZE_BYTES
from studio_platform.testing.buckets import Bucket

TEXT = "text/plain"
RACERS = 16
CLOCK_SKEW_MAX_SECONDS = 60
BIG = b"a" * PART_SIZE_BYTES + b"b" * PART_SIZE_BYTES + b"the end"


@pytest.fixture
async def real_store(s3_bucket: Bucket) -> AsyncIterator[ObjectStore]:
    """A bucket of a real server."""
    async with open_objects(s3_bucket.settings()) as store:
        yield store


@pytest.fixture(params=["memory", "s3"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[ObjectStore]:
    """The twin, then the real one."""
    if request.param == "memory":
        yield MemoryObjectStore()
        return
    bucket: Bucket = request.getfixturevalue("s3_bucket")
    async with open_objects(bucket.settings()) as store:
        yield store


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    """A file that goes up in three parts, each unlike the others."""
    path = tmp_path / "film.mp4"
    path.write_bytes(BIG)
    return path


async def test_what_was_put_is_got_back(store: ObjectStore) -> None:
    created = await store.put_if_absent("blobs/ws/one", data=b"sound", media_type="audio/flac")

    assert created
    assert await store.get("blobs/ws/one") == b"sound"
    assert await store.stat("blobs/ws/one") == ObjectInfo("blobs/ws/one", 5)


async def test_a_key_keeps_its_first_content(store: ObjectStore) -> None:
    await store.put_if_absent("artifacts/one.0", data=b"first", media_type=TEXT)

    created = await store.put_if_absent("artifacts/one.0", data=b"second", media_type=TEXT)

    assert not created
    assert await store.get("artifacts/one.0") == b"first"


async def test_of_many_at_once_exactly_one_creates_a_key(store: ObjectStore) -> None:
    contents = [b"%d" % racer for racer in range(RACERS)]

    created = await asyncio.gather(
        *(store.put_if_absent("artifacts/race.0", data=data, media_type=TEXT) for data in contents)
    )

    assert created.count(True) == 1
    assert await store.get("artifacts/race.0") == contents[created.index(True)]


async def test_a_file_is_put_and_downloaded_whole(store: ObjectStore, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)) * 1000)

    created = await store.put_if_absent("blobs/ws/file", path=source, media_type=TEXT)
    await store.download("blobs/ws/file", target)

    assert created
    assert target.read_bytes() == source.read_bytes()


async def test_a_big_file_is_put_in_parts_and_downloaded_whole(
    store: ObjectStore, big_file: Path, tmp_path: Path
) -> None:
    created = await store.put_if_absent("blobs/ws/big", path=big_file, media_type="video/mp4")

    await store.download("blobs/ws/big", tmp_path / "target")

    assert created
    assert (tmp_path / "target").read_bytes() == BIG
    assert await store.stat("blobs/ws/big") == ObjectInfo("blobs/ws/big", len(BIG))


async def test_a_big_file_does_not_replace_what_is_there(store: ObjectStore, big_file: Path) -> None:
    await store.put_if_absent("blobs/ws/big", data=b"first", media_type=TEXT)

    created = await store.put_if_absent("blobs/ws/big", path=big_file, media_type="video/mp4")

    assert not created
    assert await store.get("blobs/ws/big") == b"first"


async def test_nothing_at_all_is_an_object_too(store: ObjectStore, tmp_path: Path) -> None:
    created = await store.put_if_absent("blobs/ws/empty", data=b"", media_type=TEXT)

    await store.download("blobs/ws/empty", tmp_path / "empty")

    assert created
    assert await store.get("blobs/ws/empty") == b""
    assert await store.stat("blobs/ws/empty") == ObjectInfo("blobs/ws/empty", 0)
    assert (tmp_path / "empty").read_bytes() == b""


async def test_a_missing_object_is_missing_in_every_way(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(ObjectMissing, match="blobs/ws/none"):
        await store.get("blobs/ws/none")
    with pytest.raises(ObjectMissing):
        await store.download("blobs/ws/none", tmp_path / "none")

    assert await store.stat("blobs/ws/none") is None
    assert await store.list("blobs/ws/none") == []
    assert not (tmp_path / "none").exists()


async def test_objects_are_listed_by_prefix_in_the_order_of_their_keys(store: ObjectStore) -> None:
    keys = ("ws/a/b", "ws/a-b", "ws/a.b", "ws/a0", "ws/B", "ws/z/10", "ws/z/1/2", "ws/é", "other/a")
    for key in keys:
        await store.put_if_absent(key, data=key.encode(), media_type=TEXT)

    listed = await store.list("ws/")

    assert listed == [ObjectInfo(key, len(key.encode())) for key in sorted(keys) if key.startswith("ws/")]
    assert [info.key for info in await store.list("ws/z/1")] == ["ws/z/1/2", "ws/z/10"]
    assert len(await store.list("")) == len(keys)


async def test_a_removed_object_is_gone_and_its_key_is_free(store: ObjectStore) -> None:
    await store.put_if_absent("uploads/one", data=b"1", media_type=TEXT)

    await store.delete("uploads/one")
    await store.delete("uploads/one")

    assert await store.stat("uploads/one") is None
    assert await store.put_if_absent("uploads/one", data=b"2", media_type=TEXT)


async def test_an_object_comes_from_exactly_one_source(store: ObjectStore, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"1")

    for sources in ({}, {"data": b"1", "path": file}):
        with pytest.raises(ValueError, match="exactly one"):
            await store.put_if_absent("uploads/one", media_type=TEXT, **sources)  # type: ignore[arg-type]


async def test_a_fault_of_the_file_is_no_fault_of_the_store(store: ObjectStore, tmp_path: Path) -> None:
    await store.put_if_absent("blobs/ws/one", data=b"1", media_type=TEXT)

    with pytest.raises(FileNotFoundError):
        await store.put_if_absent("blobs/ws/two", path=tmp_path / "none", media_type=TEXT)
    with pytest.raises(FileNotFoundError):
        await store.download("blobs/ws/one", tmp_path / "no-folder" / "one")


async def signed(store: ObjectStore, key: str = "blobs/ws/film", expires_seconds: int = 60) -> str:
    return await store.presigned_get(
        key, expires_seconds=expires_seconds, filename="the-last-bus.mp4", media_type="video/mp4"
    )


def asked(url: str, asked_range: str = "") -> urllib3.BaseHTTPResponse:
    """What a client gets."""
    return urllib3.request("GET", url, headers={"Range": asked_range} if asked_range else {}, timeout=10)


async def test_an_address_that_is_signed_again_is_the_same_so_that_it_can_be_cached(
    real_store: ObjectStore,
) -> None:
    # An end of the window may lie between two; then the next two are alike.
    addresses = [await signed(real_store, expires_seconds=3600) for _ in range(3)]

    assert addresses[1] in (addresses[0], addresses[2])


async def test_a_signed_address_is_a_download_by_its_name(real_store: ObjectStore) -> None:
    await real_store.put_if_absent("blobs/ws/film", data=b"0123456789", media_type="application/octet-stream")

    answer = await asyncio.to_thread(asked, await signed(real_store))

    assert (answer.status, answer.data) == (200, b"0123456789")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="the-last-bus.mp4"'
    assert answer.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("asked_range", "content", "content_range"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
    ],
)
async def test_a_signed_address_answers_ranges(
    real_store: ObjectStore, asked_range: str, content: bytes, content_range: str
) -> None:
    await real_store.put_if_absent("blobs/ws/film", data=b"0123456789", media_type="video/mp4")

    answer = await asyncio.to_thread(asked, await signed(real_store), asked_range)

    assert (answer.status, answer.data) == (206, content)
    assert answer.headers["Content-Range"] == content_range


async def test_a_signed_address_ends_and_is_for_one_key(real_store: ObjectStore) -> None:
    for name in ("film", "other"):
        await real_store.put_if_absent(f"blobs/ws/{name}", data=b"1", media_type="video/mp4")
    url = await signed(real_store)
    short = await signed(real_store, expires_seconds=1)

    forged = await asyncio.to_thread(asked, url.replace("blobs/ws/film", "blobs/ws/other"))
    async with asyncio.timeout(10):
        while (ended := await asyncio.to_thread(asked, short)).status == 200:
            pass

    assert (forged.status, ended.status) == (403, 403)


async def test_a_listing_goes_on_page_by_page_and_tells_when_objects_were_made(store: ObjectStore) -> None:
    began = datetime.now(UTC)
    keys = [f"blobs/{workspace}/{digest * 8}" for workspace in ("ws-1", "ws-2") for digest in "abc"]
    for key in keys:
        await store.put_if_absent(key, data=b"x", media_type=TEXT)
    pages: list[list[ObjectInfo]] = [[]]
    while page := await store.list("blobs/", after=pages[-1][-1].key if pages[-1] else "", count_max=4):
        pages.append(list(page))

    assert [len(page) for page in pages] == [0, 4, 2]
    assert [info.key for page in pages for info in page] == keys
    for info in [info for page in pages for info in page]:
        assert info.made_at is not None
        assert abs((info.made_at - began).total_seconds()) < CLOCK_SKEW_MAX_SECONDS
        await store.delete(info.key)


def sent(url: str, headers: dict[str, str], content: bytes) -> int:
    """The status that a client's PUT gets."""
    return urllib3.request("PUT", url, headers=headers, body=content, timeout=10, retries=False).status


async def signed_put(store: ObjectStore, expires_seconds: int = 60) -> SignedPut:
    return await store.presigned_put(
        "uploads/ws/a file", expires_seconds=expires_seconds, size_bytes=10, media_type="video/mp4"
    )


async def test_a_signed_address_takes_bytes_of_its_length_and_type(real_store: ObjectStore) -> None:
    signed = await signed_put(real_store)

    status = await asyncio.to_thread(sent, signed.url, signed.headers, b"0123456789")

    assert status == 200
    assert await real_store.get("uploads/ws/a file") == b"0123456789"


@pytest.mark.parametrize(
    ("content", "media_type", "key"),
    [
        (b"0123456789 and more", "video/mp4", "a%20file"),
        (b"less", "video/mp4", "a%20file"),
        (b"0123456789", "image/svg+xml", "a%20file"),
        (b"0123456789", "video/mp4", "another"),
    ],
)
async def test_a_signed_address_takes_no_other_length_type_or_key(
    real_store: ObjectStore, content: bytes, media_type: str, key: str
) -> None:
    signed = await signed_put(real_store)
    headers = {"Content-Length": str(len(content)), "Content-Type": media_type}

    status = await asyncio.to_thread(sent, signed.url.replace("a%20file", key), headers, content)

    assert status == 403
    assert await real_store.list("uploads/ws/") == []


async def test_a_signed_address_takes_nothing_after_its_end(real_store: ObjectStore) -> None:
    signed = await signed_put(real_store, expires_seconds=1)

    async with asyncio.timeout(10):
        while await asyncio.to_thread(sent, signed.url, signed.headers, b"0123456789") == 200:
            pass

    assert (await real_store.stat("uploads/ws/a file")) is not None
