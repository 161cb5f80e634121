"""What the object store says when its server is full, ill or gone, and what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from studio_platform.embedded.ports import free_ports
from studio_platform.objects import ObjectStore, StoreFull, StoreUnavailable
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.s3 import open_objects
from studio_platform.s3_multipart import PART_SIZE_BYTES
from studio_platform.testing.buckets import Bucket
from studio_platform.testing.standin import FULL, Answer, ObjectStandIn, s3_error

TEXT = "text/plain"
KEY = "blobs/ws/one"
SMALL_BYTES = 5
BIG_BYTES = PART_SIZE_BYTES + 1

AWAY = {
    "no word": Answer(503),
    "S3's word": s3_error(503, "SlowDown"),
    "a fault inside": s3_error(500, "InternalError"),
    "a proxy's page": Answer(502, b"<html>Bad Gateway</html>", "text/html"),
    "a torn answer": Answer(500, b"<Error><Code>Inter", "application/xml"),
    "a hang-up": Answer(200, b"half", "text/plain", cut_bytes=4),
}


@pytest.fixture
def stand_in(s3_bucket: Bucket) -> Iterator[ObjectStandIn]:
    """In front of the session's real server."""
    with ObjectStandIn(lambda: s3_bucket.endpoint).running() as stand_in:
        yield stand_in


@pytest.fixture
async def behind(stand_in: ObjectStandIn, s3_bucket: Bucket) -> AsyncIterator[ObjectStore]:
    """A store whose server is reached through the stand-in."""
    async with open_objects(s3_bucket.settings(stand_in.endpoint)) as store:
        yield store


async def put(store: ObjectStore, data: bytes = b"sound", key: str = KEY) -> bool:
    return await store.put_if_absent(key, data=data, media_type=TEXT)


async def test_the_stand_in_passes_everything_on(behind: ObjectStore) -> None:
    created = [await put(behind), await put(behind)]

    assert created == [True, False]
    assert await behind.get(KEY) == b"sound"
    assert [info.size_bytes for info in await behind.list("blobs/")] == [5]


async def test_a_full_twin_says_so() -> None:
    store = MemoryObjectStore(size_max_bytes=5)
    await put(store)

    with pytest.raises(StoreFull):
        await put(store, b"1", key="blobs/ws/two")

    assert await store.get(KEY) == b"sound"


@pytest.mark.parametrize(
    ("answer", "size_bytes"),
    [
        (FULL, SMALL_BYTES),
        (FULL, BIG_BYTES),
        (Answer(507), SMALL_BYTES),
        (s3_error(507, "XMinioStorageFull"), SMALL_BYTES),
        (s3_error(403, "QuotaExceeded"), BIG_BYTES),
    ],
    ids=["507", "507 to a part", "507 without a word", "S3's word", "a quota for a part"],
)
async def test_a_full_store_says_so_and_takes_the_object_when_there_is_room(
    behind: ObjectStore, stand_in: ObjectStandIn, answer: Answer, size_bytes: int
) -> None:
    stand_in.answer = answer

    with pytest.raises(StoreFull, match=KEY) as raised:
        await put(behind, bytes(size_bytes))

    stand_in.answer = None
    assert raised.value.reason == "STORAGE_FULL"
    assert await behind.list("") == []
    assert await put(behind, bytes(size_bytes))


@pytest.mark.parametrize("answer", AWAY.values(), ids=AWAY.keys())
async def test_a_server_that_cannot_answer_is_unavailable_whatever_is_asked(
    behind: ObjectStore, stand_in: ObjectStandIn, answer: Answer, tmp_path: Path
) -> None:
    stand_in.methods = frozenset({"GET", "PUT", "POST"})
    stand_in.answer = answer

    answers = await asyncio.gather(
        put(behind),
        behind.get(KEY),
        behind.download(KEY, tmp_path / "one"),
        behind.list(""),
        put(behind, bytes(BIG_BYTES), key="blobs/ws/big"),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers] == [StoreUnavailable] * 5


async def test_a_server_that_is_gone_is_unavailable_whatever_is_asked(
    s3_bucket: Bucket, tmp_path: Path
) -> None:
    (closed_port,) = free_ports(1)
    twin = MemoryObjectStore()
    twin.is_away = True
    async with open_objects(s3_bucket.settings(f"127.0.0.1:{closed_port}")) as real:
        for store in (twin, real):
            answers = await asyncio.gather(
                put(store),
                store.get(KEY),
                store.download(KEY, tmp_path / "one"),
                store.stat(KEY),
                store.list(""),
                store.delete(KEY),
                return_exceptions=True,
            )

            assert [type(answer) for answer in answers] == [StoreUnavailable] * 6


async def test_a_create_whose_answer_got_lost_finds_its_own_object(
    behind: ObjectStore, stand_in: ObjectStandIn
) -> None:
    stand_in.answer = Answer(200, does_it=True)
    stand_in.times = 1

    created = await put(behind)

    assert not created
    assert await behind.get(KEY) == b"sound"
