"""The job service killed at the hand-offs of what throws things away, on real Postgres, NATS and S3."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import grpc
import pytest

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.workspaces.v1 import workspaces_pb2, workspaces_pb2_grpc
from studio_jobs.wake import Loop, Wakes
from studio_platform.manifests import ArtifactKey, blob_key, manifest_key
from studio_platform.objects import ObjectStore
from studio_platform.s3 import open_objects
from studio_platform.testing.buckets import Bucket
from tests.integration.jobs.scenes import Scene, points_of

LOOK_INTERVAL_SECONDS = 0.1
A_GRACE_GOES_BY = (
    "update artifacts set unreferenced_since = unreferenced_since - interval '8 days'",
    "update resolutions set created_at = created_at - interval '8 days'",
    "update garbage_blobs set found_at = found_at - interval '8 days'",
    "update garbage_walks set next_at = next_at - interval '8 days'",
)

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]


@dataclass(frozen=True, slots=True)
class Store:
    """The store as the workers fill it and a test looks into it."""

    objects: ObjectStore

    async def fill(self, scene: Scene) -> None:
        """Put there what the workers made."""
        for made in scene.workers.made.values():
            manifest = made.success
            artifact = ArtifactKey(
                manifest.workspace_id, manifest.kind, manifest.content_key, manifest.generation
            )
            for part in manifest.parts:
                key = blob_key(manifest.workspace_id, part.sha256)
                await self.objects.put_if_absent(key, data=b"x", media_type=part.media_type)
            await self.objects.put_if_absent(
                manifest_key(artifact), data=manifest.SerializeToString(), media_type="application/protobuf"
            )

    async def keys(self) -> set[str]:
        """The keys of all objects."""
        return {each.key for each in await self.objects.list("")}


@pytest.fixture
async def store(s3_bucket: Bucket) -> AsyncIterator[Store]:
    async with open_objects(s3_bucket.settings()) as objects:
        yield Store(objects)


async def time_flies_until(scene: Scene, happened: Callable[[], Awaitable[bool]]) -> None:
    """A grace goes by for everything, again and again, and the collector is told to look."""
    wakes = Wakes(scene.workers.broker)
    while not await happened():
        for statement in A_GRACE_GOES_BY:
            await scene.database.execute(statement)
        await wakes.wake_all(Loop.GARBAGE)
        await asyncio.sleep(LOOK_INTERVAL_SECONDS)


async def delete_project(scene: Scene, job: jobs_pb2.Job) -> None:
    """The job's project goes."""
    stub = projects_pb2_grpc.ProjectsServiceStub(scene.client.channel)
    try:
        await scene.client.ask(stub.DeleteProject, projects_pb2.DeleteProjectRequest(name=job.project))
    except grpc.aio.AioRpcError as error:
        # A kill hid the answer to the first call.
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise


async def test_a_deleted_project_goes_and_another_stays_whatever_kill_comes_between(
    scene: Scene, store: Store
) -> None:
    points = points_of("garbage", "departures")
    async with scene.played(points):
        kept = await scene.client.ended(await scene.client.submit())
        await store.fill(scene)
        needed = await store.keys()
        gone = await scene.client.ended(await scene.client.submit(b"INT. CELLAR - DAY\n\nA lamp swings.\n"))
        await store.fill(scene)
        made = await store.keys()
        await delete_project(scene, gone)

        async def is_gone() -> bool:
            return scene.process.struck == points and await store.keys() == needed

        await time_flies_until(scene, is_gone)
        seen = await scene.client.ended(kept)

    assert made > needed
    assert seen.state == jobs_pb2.JOB_STATE_COMPLETED
    assert await scene.database.fetchval("select count(*) from jobs") == 1
    assert scene.process.struck == points
    assert scene.process.other_ends == []


async def test_a_purge_that_is_killed_after_a_batch_is_done_by_the_next_call(
    scene: Scene, store: Store
) -> None:
    points = points_of("purge")
    async with scene.played(points):
        await scene.client.ended(await scene.client.submit())
        await store.fill(scene)
        made = await store.keys()
        purge = workspaces_pb2_grpc.WorkspacesServiceStub(scene.client.channel).PurgeWorkspace
        request = workspaces_pb2.PurgeWorkspaceRequest(name=f"workspaces/{scene.client.workspace}")
        while not (await scene.client.ask(purge, request)).done:
            pass

    assert made
    assert await store.keys() == set()
    assert await scene.database.fetchval("select count(*) from jobs") == 0
    assert scene.process.struck == points
