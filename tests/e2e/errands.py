"""A caller who asks for everything that the gateway forwards, and outlives that it is away."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from uuid import uuid4

import grpc
import numpy as np
import pytest
import urllib3

from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from filmstudio.edits.v1 import edits_pb2, edits_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.reviews.v1 import reviews_pb2, reviews_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.scripthelp.v1 import scripthelp_pb2, scripthelp_pb2_grpc
from filmstudio.shots.v1 import shots_pb2, shots_pb2_grpc
from filmstudio.timeline.v1 import timeline_pb2, timeline_pb2_grpc
from filmstudio.transfers.v1 import transfers_pb2, transfers_pb2_grpc
from filmstudio.uploads.v1 import uploads_pb2, uploads_pb2_grpc
from studio_media.sound import encode_flac
from tests.e2e.visitors import SCRIPT, Visitor

RETRY_PAUSE_SECONDS = 0.1

TONE = encode_flac(np.full((48_000, 1), 0.1, np.float32))
OWN_WORK = timeline_pb2.Credit(creator="Ada", source="own", licence="CC0-1.0")


async def look_at_everything(somebody: Visitor, job: jobs_pb2.Job) -> None:
    """Each method that reads, and its answer."""
    project = await somebody.client.project(job.project)
    assert project.display_name == "A Room"
    revision = await patiently(
        somebody,
        screenplay_pb2_grpc.ScreenplayServiceStub,
        "GetScreenplayRevision",
        screenplay_pb2.GetScreenplayRevisionRequest(name=job.revision),
    )
    assert revision.name == job.revision
    parsed = await patiently(
        somebody,
        screenplay_pb2_grpc.ScreenplayServiceStub,
        "ParseScreenplay",
        screenplay_pb2.ParseScreenplayRequest(content=SCRIPT),
    )
    assert [scene.heading for scene in parsed.scenes] == ["INT. KITCHEN - NIGHT"]
    checked = await somebody.client.check_pool((await somebody.client.pools())[0].name)
    assert checked.attempts >= 1
    for stub, method, request in readings(job):
        assert (await patiently(somebody, stub, method, request)).ByteSize() > 0


def readings(job: jobs_pb2.Job) -> list[tuple[Any, str, Any]]:
    """The other methods that only look at a project, its screenplay, or a text."""
    project, revision = job.project, job.revision
    screenplays = screenplay_pb2_grpc.ScreenplayServiceStub
    helper = scripthelp_pb2_grpc.ScriptHelpServiceStub
    fdx = screenplay_pb2.SCREENPLAY_FORMAT_FDX
    return [
        (
            screenplays,
            "ListScreenplayRevisions",
            screenplay_pb2.ListScreenplayRevisionsRequest(project=project),
        ),
        (screenplays, "ExportScreenplay", screenplay_pb2.ExportScreenplayRequest(name=revision)),
        (
            screenplays,
            "ConvertScreenplay",
            screenplay_pb2.ConvertScreenplayRequest(content=SCRIPT, target_format=fdx),
        ),
        (
            screenplays,
            "DiffScreenplayRevisions",
            screenplay_pb2.DiffScreenplayRevisionsRequest(base=revision, target=revision),
        ),
        (helper, "WriteScreenplay", scripthelp_pb2.WriteScreenplayRequest(topic="a lighthouse")),
        (helper, "SuggestShotPrompts", scripthelp_pb2.SuggestShotPromptsRequest(content=SCRIPT)),
        (helper, "DescribeCast", scripthelp_pb2.DescribeCastRequest(content=SCRIPT)),
        (jobs_pb2_grpc.JobsServiceStub, "PlanRender", jobs_pb2.PlanRenderRequest(project=project)),
        (jobs_pb2_grpc.JobsServiceStub, "GetCutList", jobs_pb2.GetCutListRequest(name=job.name)),
    ]


async def leave(somebody: Visitor, job: jobs_pb2.Job) -> None:
    """Each method that changes something, called once: a job cancelled and made after all, a project gone."""
    cancelled = await somebody.client.cancel((await somebody.submitted(SCRIPT + b"\nA door.\n")).name)
    await somebody.ended(cancelled)
    await somebody.ended(await somebody.client.retry(cancelled.name))
    renamed = await patiently(
        somebody,
        projects_pb2_grpc.ProjectsServiceStub,
        "UpdateProject",
        projects_pb2.UpdateProjectRequest(
            project=projects_pb2.Project(name=job.project, display_name="Hall")
        ),
    )
    assert renamed.display_name == "Hall"
    await recast(somebody, job.project)
    await review(somebody, job.project)
    await recut(somebody, job.project)
    await redirect(somebody, job.project)
    await transfer(somebody, job.project)
    await upload(somebody)
    shed = await somebody.client.project_called("Shed")
    gone = projects_pb2.DeleteProjectRequest(name=shed.name)
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await patiently(somebody, projects_pb2_grpc.ProjectsServiceStub, "DeleteProject", gone)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def recast(somebody: Visitor, project: str) -> None:
    """A member of the cast and a location looked up and given a look."""
    stub = casting_pb2_grpc.CastingServiceStub
    cast = await patiently(
        somebody, stub, "ListCastMembers", casting_pb2.ListCastMembersRequest(project=project)
    )
    member = casting_pb2.CastMember(name=cast.cast_members[0].name, look="a red coat")
    dressed = await patiently(
        somebody, stub, "UpdateCastMember", casting_pb2.UpdateCastMemberRequest(cast_member=member)
    )
    places = await patiently(
        somebody, stub, "ListLocations", casting_pb2.ListLocationsRequest(project=project)
    )
    place = casting_pb2.Location(name=places.locations[0].name, look="bare walls")
    painted = await patiently(
        somebody, stub, "UpdateLocation", casting_pb2.UpdateLocationRequest(location=place)
    )
    assert (dressed.look, painted.look) == ("a red coat", "bare walls")


async def recut(somebody: Visitor, project: str) -> None:
    """A shot held and moved, a scene's music muted, a card written."""
    stub = timeline_pb2_grpc.TimelineServiceStub
    timeline = await patiently(
        somebody, stub, "GetTimeline", timeline_pb2.GetTimelineRequest(project=project)
    )
    scene = timeline.scenes[0]
    held = timeline_pb2.TimelineShot(name=scene.shots[0].name, edit=timeline_pb2.ShotEdit(hold_ms=500))
    longer = await patiently(
        somebody, stub, "UpdateTimelineShot", timeline_pb2.UpdateTimelineShotRequest(shot=held)
    )
    home = timeline_pb2.MoveTimelineShotRequest(name=held.name)
    moved = await patiently(somebody, stub, "MoveTimelineShot", home)
    kept = await patiently(
        somebody, stub, "LockTimelineShot", timeline_pb2.LockTimelineShotRequest(name=held.name)
    )
    free = await patiently(
        somebody, stub, "UnlockTimelineShot", timeline_pb2.UnlockTimelineShotRequest(name=held.name)
    )
    await rescore(somebody, project, scene.name.rsplit("/", 1)[-1])
    quiet = timeline_pb2.SceneEdit(music=timeline_pb2.Level(muted=True))
    scene = timeline_pb2.TimelineScene(name=scene.name, edit=quiet)
    muted = await patiently(
        somebody, stub, "UpdateTimelineScene", timeline_pb2.UpdateTimelineSceneRequest(scene=scene)
    )
    card = timeline_pb2.Titles(name=f"{project}/timeline/titles", end_title="Fin")
    titled = await patiently(somebody, stub, "UpdateTitles", timeline_pb2.UpdateTitlesRequest(titles=card))
    assert (longer.edit.hold_ms, moved.edit.hold_ms) == (500, 500)
    assert (kept.HasField("lock"), free.HasField("lock")) == (True, False)
    assert (muted.edit.music.muted, titled.end_title) == (True, "Fin")


async def redirect(somebody: Visitor, project: str) -> None:
    """A shot edited, taken again, its takes compared and chosen; then the history walked back and forth."""
    stub = shots_pb2_grpc.ShotsServiceStub
    listed = await patiently(somebody, stub, "ListShots", shots_pb2.ListShotsRequest(project=project))
    name = listed.shots[0].name
    wanted = shots_pb2.Shot(name=name, settings=shots_pb2.TakeSettings(prompt_addition="At dawn."))
    await patiently(somebody, stub, "UpdateShot", shots_pb2.UpdateShotRequest(shot=wanted))
    retaken = await patiently(somebody, stub, "RetakeShot", shots_pb2.RetakeShotRequest(name=name))
    takes = await patiently(somebody, stub, "ListTakes", shots_pb2.ListTakesRequest(shot=name))
    two = shots_pb2.CompareTakesRequest(shot=name, first=1, second=2)
    compared = await patiently(somebody, stub, "CompareTakes", two)
    first = shots_pb2.ChooseTakeRequest(name=f"{name}/takes/1")
    await patiently(somebody, stub, "ChooseTake", first)
    chosen = await patiently(somebody, stub, "GetShot", shots_pb2.GetShotRequest(name=name))
    assert retaken.settings.prompt_addition == "At dawn."
    assert (len(takes.takes) >= 2, chosen.chosen_take) == (True, first.name)
    assert [difference.field for difference in compared.differences] == ["seed"]
    await walk_history(somebody, project)


async def walk_history(somebody: Visitor, project: str) -> None:
    """Edits undone, one redone, then all taken back; a call whose answer was lost may have come twice."""
    stub = edits_pb2_grpc.EditsServiceStub
    history = await patiently(somebody, stub, "ListEdits", edits_pb2.ListEditsRequest(project=project))
    for _ in range(2):
        await patiently(somebody, stub, "UndoEdit", edits_pb2.UndoEditRequest(project=project))
    await patiently(somebody, stub, "RedoEdit", edits_pb2.RedoEditRequest(project=project))
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await restore_twice(somebody, project)
    assert refused.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert history.edits


async def restore_twice(somebody: Visitor, project: str) -> None:
    """All edits taken back; the second time nothing is left to take back."""
    everything = edits_pb2.RestoreEditsRequest(project=project)
    for _ in range(2):
        await patiently(somebody, edits_pb2_grpc.EditsServiceStub, "RestoreEdits", everything)


async def rescore(somebody: Visitor, project: str, scene: str) -> None:
    """Music brought for a scene, and taken back."""
    stub = timeline_pb2_grpc.TimelineServiceStub
    target = timeline_pb2.MediaTarget(music=scene)
    brought = timeline_pb2.ReplaceMediaRequest(
        project=project,
        target=target,
        content=TONE,
        credit=OWN_WORK,
    )
    replaced = await patiently(somebody, stub, "ReplaceMedia", brought)
    back = timeline_pb2.RestoreMediaRequest(project=project, target=target)
    await patiently(somebody, stub, "RestoreMedia", back)
    assert replaced.artifact.length_ms == 1_000


async def transfer(somebody: Visitor, project: str) -> None:
    """A project's media listed, a document uploaded, and nothing adopted."""
    stub, document = transfers_pb2_grpc.TransfersServiceStub, b"{}"
    listed = await patiently(somebody, stub, "ExportMedia", transfers_pb2.ExportMediaRequest(project=project))
    upload = transfers_pb2.UploadMediaRequest(
        project=project,
        sha256=hashlib.sha256(document).hexdigest(),
        size_bytes=len(document),
        media_type="application/json",
        content=document,
    )
    uploaded = await patiently(somebody, stub, "UploadMedia", upload)
    adopted = await patiently(somebody, stub, "AdoptMedia", transfers_pb2.AdoptMediaRequest(project=project))
    assert all(part.url for artifact in listed.artifacts for part in artifact.parts)
    assert (uploaded.stored, adopted.found) == (True, 0)


async def upload(somebody: Visitor) -> None:
    """A sound announced, sent to the store and looked at."""
    stub = uploads_pb2_grpc.UploadsServiceStub
    create = uploads_pb2.CreateUploadRequest(
        kind=uploads_pb2.UPLOAD_KIND_MUSIC,
        size_bytes=len(TONE),
        media_type="audio/flac",
        sha256=hashlib.sha256(TONE).hexdigest(),
        request_id=str(uuid4()),
    )
    made = await patiently(somebody, stub, "CreateUpload", create)
    seen = await patiently(somebody, stub, "GetUpload", uploads_pb2.GetUploadRequest(name=made.name))
    headers = {header.name: header.value for header in seen.put_headers}
    sent = await asyncio.to_thread(
        urllib3.request, "PUT", seen.put_url, body=TONE, headers=headers, timeout=30, retries=False
    )
    complete = uploads_pb2.CompleteUploadRequest(name=made.name)
    ready = await patiently(somebody, stub, "CompleteUpload", complete)
    assert (seen.name, sent.status) == (made.name, 200)
    assert ready.state == uploads_pb2.UPLOAD_STATE_READY


async def review(somebody: Visitor, project: str) -> None:
    """A shot approved and not, a comment made, answered, resolved and deleted."""
    stub = reviews_pb2_grpc.ReviewsServiceStub
    listed = await patiently(
        somebody, shots_pb2_grpc.ShotsServiceStub, "ListShots", shots_pb2.ListShotsRequest(project=project)
    )
    shot = listed.shots[0].name.rpartition("/")[2]
    name = f"{project}/approvals/{shot}"
    approved = await patiently(somebody, stub, "ApproveShot", reviews_pb2.ApproveShotRequest(name=name))
    changes = reviews_pb2.RequestChangesRequest(name=name, note="Longer.")
    await patiently(somebody, stub, "RequestChanges", changes)
    asked = reviews_pb2.ListApprovalsRequest(project=project)
    [decided] = (await patiently(somebody, stub, "ListApprovals", asked)).approvals
    said = reviews_pb2.CreateCommentRequest(
        project=project, comment=reviews_pb2.Comment(text="Darker.", shot=shot), request_id=str(uuid4())
    )
    comment = await patiently(somebody, stub, "CreateComment", said)
    done = reviews_pb2.ResolveCommentRequest(name=comment.name)
    resolved = await patiently(somebody, stub, "ResolveComment", done)
    all_comments = reviews_pb2.ListCommentsRequest(project=project)
    listing = await patiently(somebody, stub, "ListComments", all_comments)
    with pytest.raises(grpc.aio.AioRpcError) as gone:
        await delete_twice(somebody, comment.name)
    assert (approved.locked, decided.decision) == (True, reviews_pb2.DECISION_CHANGES_REQUESTED)
    assert list(listing.comments) == [resolved]
    assert gone.value.code() is grpc.StatusCode.NOT_FOUND


async def delete_twice(somebody: Visitor, name: str) -> None:
    """A comment deleted, which is gone the second time."""
    request = reviews_pb2.DeleteCommentRequest(name=name)
    for _ in range(2):
        await patiently(somebody, reviews_pb2_grpc.ReviewsServiceStub, "DeleteComment", request)


async def patiently(somebody: Visitor, stub: Any, method: str, request: Any) -> Any:
    """The answer of a gateway that may be away, and may refuse a token once, as the client takes it.

    Raises grpc.aio.AioRpcError for a refusal.
    """
    was_refused = False
    while True:
        try:
            return await somebody.ask(stub, method, request)
        except grpc.aio.AioRpcError as error:
            is_refused = error.code() is grpc.StatusCode.UNAUTHENTICATED
            if was_refused or not (is_refused or error.code() is grpc.StatusCode.UNAVAILABLE):
                raise
            was_refused = is_refused
        await asyncio.sleep(RETRY_PAUSE_SECONDS)


async def twice(somebody: Visitor, stub: Any, method: str, request: Any) -> None:
    """A call whose answer may be lost, and once more."""
    for _ in range(2):
        await patiently(somebody, stub, method, request)
