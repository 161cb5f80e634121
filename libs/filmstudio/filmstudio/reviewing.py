"""Comments on a project, and decisions about its shots."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from uuid import uuid4

import grpc

from filmstudio.calls import Caller
from filmstudio.reviews.v1 import reviews_pb2, reviews_pb2_grpc

COMMENTS_PAGE_MAX = 200
APPROVALS_PAGE_MAX = 1000


class Reviews:
    """Every method raises errors.FilmStudioError."""

    def __init__(self, channel: grpc.aio.Channel, caller: Caller) -> None:
        self._caller = caller
        self._stub = reviews_pb2_grpc.ReviewsServiceStub(channel)

    async def comment(self, project: str, comment: reviews_pb2.Comment) -> reviews_pb2.Comment:
        """Say something."""
        request = reviews_pb2.CreateCommentRequest(project=project, comment=comment, request_id=str(uuid4()))
        return await self._caller.unary(self._stub.CreateComment, request)

    async def comments(
        self, request: reviews_pb2.ListCommentsRequest
    ) -> AsyncGenerator[reviews_pb2.Comment, None]:
        """All comments that are asked for, each with its answers, the oldest first."""
        request.page_size = request.page_size or COMMENTS_PAGE_MAX
        async for page in self._caller.pages(self._stub.ListComments, request):
            for comment in page.comments:
                yield comment

    async def resolve(self, name: str, *, reopen: bool = False) -> reviews_pb2.Comment:
        """Say that what a comment asks for is done, or not after all."""
        request = reviews_pb2.ResolveCommentRequest(name=name, reopen=reopen)
        return await self._caller.unary(self._stub.ResolveComment, request)

    async def delete(self, name: str) -> None:
        """Delete a comment with its answers."""
        await self._caller.unary(self._stub.DeleteComment, reviews_pb2.DeleteCommentRequest(name=name))

    async def approve(self, project: str, shot: str, job: str = "", note: str = "") -> reviews_pb2.Approval:
        """Approve a shot as a job made it, or the newest that has it."""
        request = reviews_pb2.ApproveShotRequest(name=f"{project}/approvals/{shot}", job=job, note=note)
        return await self._caller.unary(self._stub.ApproveShot, request)

    async def request_changes(self, project: str, shot: str, note: str) -> reviews_pb2.Approval:
        """Ask for changes of a shot."""
        request = reviews_pb2.RequestChangesRequest(name=f"{project}/approvals/{shot}", note=note)
        return await self._caller.unary(self._stub.RequestChanges, request)

    async def approvals(self, project: str) -> AsyncGenerator[reviews_pb2.Approval, None]:
        """The last decision about each shot."""
        request = reviews_pb2.ListApprovalsRequest(project=project, page_size=APPROVALS_PAGE_MAX)
        async for page in self._caller.pages(self._stub.ListApprovals, request):
            for approval in page.approvals:
                yield approval
