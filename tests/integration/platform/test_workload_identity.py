"""S3 without keys: a pod's own token is exchanged for sessions, by a real SeaweedFS that checks it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import urllib3

from studio_platform.bucket import ensure_bucket
from studio_platform.objects import StoreUnavailable
from studio_platform.s3 import open_objects
from studio_platform.s3_identity import WorkloadIdentity
from tests.integration.platform.token_service import SUBJECTS, Cluster, running_cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One for all tests here."""
    with running_cluster(tmp_path_factory.mktemp("cluster") / "s3") as running:
        yield running


async def test_a_session_does_all_that_keys_do(cluster: Cluster, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(17 * 1024 * 1024))
    await ensure_bucket(cluster.settings("jobs"))
    async with open_objects(cluster.settings("jobs")) as store:
        made = [await store.put_if_absent("a", data=b"hello", media_type="text/plain") for _ in range(2)]
        made.append(await store.put_if_absent("large", path=large, media_type="video/mp4"))
        read, listed = await store.get("a"), await store.list("")
        await store.delete("a")
        await store.delete("large")

    assert made == [True, False, True]
    assert (read, [info.key for info in listed]) == (b"hello", ["a", "large"])


async def test_clients_use_addresses_that_a_session_signed(cluster: Cluster) -> None:
    await ensure_bucket(cluster.settings("jobs"))
    async with open_objects(cluster.settings("jobs")) as store:
        put = await store.presigned_put("up", expires_seconds=900, size_bytes=5, media_type="text/plain")
        get = await store.presigned_get("up", expires_seconds=900, filename="a.txt", media_type="text/plain")
        with urllib3.PoolManager() as client:
            sent = client.request("PUT", put.url, body=b"hello", headers=dict(put.headers))
            got = client.request("GET", get)
        await store.delete("up")

    assert (sent.status, got.status, got.data) == (200, 200, b"hello")


async def test_a_generators_role_reads_and_writes_and_does_not_delete(cluster: Cluster) -> None:
    await ensure_bucket(cluster.settings("jobs"))
    async with open_objects(cluster.settings("generator")) as store:
        await store.put_if_absent("kept", data=b"hello", media_type="text/plain")
        with pytest.raises(StoreUnavailable, match="Access Denied"):
            await store.delete("kept")
        assert await store.get("kept") == b"hello"


async def test_a_pod_with_anothers_token_is_told_why_without_the_token(cluster: Cluster) -> None:
    settings = cluster.settings("jobs", SUBJECTS["generator"])
    token = Path(settings.s3_identity_token_path).read_text().strip()  # noqa: ASYNC240 - a test's own
    async with open_objects(settings) as store:
        with pytest.raises(StoreUnavailable) as asked:
            await store.get("a")
        with pytest.raises(StoreUnavailable) as signed:
            await store.presigned_get("a", expires_seconds=900, filename="a", media_type="text/plain")

    for caught in (asked, signed):
        assert "trust policy" in caught.value.log_text
        assert token not in caught.value.log_text


def test_a_session_is_renewed_in_the_middle_of_its_life_and_outlives_a_missing_token(
    cluster: Cluster,
) -> None:
    settings = cluster.settings("jobs")
    times = [datetime.now(UTC)]
    identity = WorkloadIdentity(settings, now=lambda: times[-1])
    first = identity.retrieve()

    times.append(times[0] + timedelta(minutes=29))
    assert identity.retrieve() is first
    times.append(times[0] + timedelta(minutes=31))
    second = identity.retrieve()
    assert second.access_key != first.access_key

    Path(settings.s3_identity_token_path).unlink()
    times.append(times[0] + timedelta(minutes=50))
    assert identity.retrieve() is second
    times.append(times[0] + timedelta(minutes=61))
    with pytest.raises(StoreUnavailable, match="no session for this workload"):
        identity.retrieve()
