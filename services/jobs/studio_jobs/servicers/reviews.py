"""ReviewsService."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.reviews.v1 import reviews_pb2, reviews_pb2_grpc
from studio_jobs import convert
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_id_token, read_token, write_token
from studio_jobs.reviews import messages
from studio_jobs.reviews.records import Comment, Filter, Place, replies_by_parent
from studio_jobs.store import rows
from studio_jobs.store.approvals import Approvals
from studio_jobs.store.approving import Approving
from studio_jobs.store.boards import Boards
from studio_jobs.store.comments import Comments
from studio_jobs.store.projects import Projects
from studio_platform.errors import FieldViolation, InvalidInput, PermissionDenied
from studio_platform.identity import current_identity

COMMENTS_DEFAULT = 50
COMMENTS_PAGE_MAX = 200
APPROVALS_DEFAULT = 200
APPROVALS_PAGE_MAX = 1_000
OWNER = "owner"


class ReviewsServicer(reviews_pb2_grpc.ReviewsServiceServicer):
    """Comments and approvals of the caller's projects."""

    def __init__(
        self,
        projects: Projects,
        boards: Boards,
        comments: Comments,
        approvals: Approvals,
        approving: Approving,
    ) -> None:
        self._projects = projects
        self._boards = boards
        self._comments = comments
        self._approvals = approvals
        self._approving = approving

    async def CreateComment(
        self, request: reviews_pb2.CreateCommentRequest, context: Any
    ) -> reviews_pb2.Comment:
        project = await self._project(request.project)
        about = _about(project.project_id, request.comment)
        if isinstance(about, Place) and about.shot_id is not None:
            await self._require_shot(project.project_id, about.shot_id)
        added = await self._comments.add(
            current_workspace(),
            project.project_id,
            current_author(),
            request.comment.text,
            about,
            UUID(request.request_id) if request.request_id else None,
        )
        return (await self._written(project, [added]))[0]

    async def ListComments(
        self, request: reviews_pb2.ListCommentsRequest, context: Any
    ) -> reviews_pb2.ListCommentsResponse:
        project = await self._project(request.project)
        wanted = Filter(
            request.shot,
            convert.parse_name(request.job, "jobs", "job") if request.job else None,
            request.resolved if request.HasField("resolved") else None,
        )
        size = page_size(request.page_size, COMMENTS_DEFAULT, COMMENTS_PAGE_MAX)
        after = read_id_token(request.page_token)
        found = await self._comments.page(current_workspace(), project.project_id, wanted, after, size + 1)
        page = found[:size]
        token = write_token(str(page[-1].comment_id)) if len(found) > size else ""
        return reviews_pb2.ListCommentsResponse(
            comments=await self._written(project, page), next_page_token=token
        )

    async def ResolveComment(
        self, request: reviews_pb2.ResolveCommentRequest, context: Any
    ) -> reviews_pb2.Comment:
        project_id, comment_id = messages.parse_comment_name(request.name, "name")
        project = await self._project(convert.project_name(project_id))
        resolved = await self._comments.resolve(
            current_workspace(), project_id, comment_id, current_author(), is_done=not request.reopen
        )
        if resolved is None:
            raise not_found(request.name)
        return (await self._written(project, [resolved]))[0]

    async def DeleteComment(self, request: reviews_pb2.DeleteCommentRequest, context: Any) -> Empty:
        project_id, comment_id = messages.parse_comment_name(request.name, "name")
        author = None if OWNER in current_identity().roles else current_author()
        if await self._comments.delete(current_workspace(), project_id, comment_id, author):
            return Empty()
        if await self._comments.get(current_workspace(), project_id, comment_id) is None:
            raise not_found(request.name)
        raise PermissionDenied("COMMENT_OF_ANOTHER", "Only its author and owners may delete a comment.")

    async def ApproveShot(
        self, request: reviews_pb2.ApproveShotRequest, context: Any
    ) -> reviews_pb2.Approval:
        project_id, shot_id = messages.parse_approval_name(request.name)
        job_id = convert.parse_name(request.job, "jobs", "job") if request.job else None
        decided = await self._approving.approve(
            current_workspace(), project_id, shot_id, job_id, request.note, current_author()
        )
        return messages.approval(project_id, decided)

    async def RequestChanges(
        self, request: reviews_pb2.RequestChangesRequest, context: Any
    ) -> reviews_pb2.Approval:
        project_id, shot_id = messages.parse_approval_name(request.name)
        decided = await self._approving.request_changes(
            current_workspace(), project_id, shot_id, request.note, current_author()
        )
        return messages.approval(project_id, decided)

    async def ListApprovals(
        self, request: reviews_pb2.ListApprovalsRequest, context: Any
    ) -> reviews_pb2.ListApprovalsResponse:
        project = await self._project(request.project)
        size = page_size(request.page_size, APPROVALS_DEFAULT, APPROVALS_PAGE_MAX)
        after = read_token(request.page_token) if request.page_token else ""
        found = await self._approvals.page(current_workspace(), project.project_id, after, size + 1)
        page = found[:size]
        return reviews_pb2.ListApprovalsResponse(
            approvals=[messages.approval(project.project_id, each) for each in page],
            next_page_token=write_token(page[-1].shot_id) if len(found) > size else "",
        )

    async def _written(self, project: rows.Project, page: Sequence[Comment]) -> list[reviews_pb2.Comment]:
        """Comments with their answers, and where their lines stand now."""
        workspace, project_id = current_workspace(), project.project_id
        replies = await self._comments.replies(workspace, project_id, [each.comment_id for each in page])
        lines = await self._comments.current_lines(workspace, project_id, project.latest_revision, page)
        answers = replies_by_parent(replies)
        return [messages.comment(project_id, each, lines, answers.get(each.comment_id, ())) for each in page]

    async def _project(self, name: str) -> rows.Project:
        project_id = convert.parse_name(name, "projects", "project")
        found = await self._projects.get(current_workspace(), project_id)
        if found is None:
            raise not_found(name)
        return found

    async def _require_shot(self, project_id: UUID, shot_id: str) -> None:
        """Raises NotFound for a project or a shot that there is not."""
        board = await self._boards.of(current_workspace(), project_id)
        if board.shot(shot_id) is None:
            raise not_found(f"projects/{project_id}/shots/{shot_id}")


def _about(project_id: UUID, message: reviews_pb2.Comment) -> Place | UUID:
    """The place, or the comment that is answered. Raises InvalidInput unless it is one of both."""
    place = messages.place_of(message)
    if message.parent:
        parent_project, parent_id = messages.parse_comment_name(message.parent, "comment.parent")
        if parent_project != project_id:
            raise not_found(message.parent)
        if place is None:
            return parent_id
    elif place is not None:
        return place
    text = "must say what it is about, or which comment it answers, and not both"
    raise InvalidInput(
        "PLACE_INVALID", f"comment {text}", violations=(FieldViolation("comment.place", text),)
    )
