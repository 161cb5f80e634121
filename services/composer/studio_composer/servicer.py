"""The composer's RPCs, for operators."""

from __future__ import annotations

from typing import Any

from filmstudio.composer.v1 import composer_pb2, composer_pb2_grpc
from studio_platform.direct import DirectOrder, DirectRuns


class ComposerServicer(composer_pb2_grpc.ComposerServiceServicer):
    """Bodies run for a caller, and what the pools are."""

    def __init__(self, runs: DirectRuns) -> None:
        self._runs = runs

    async def Compose(
        self, request: composer_pb2.ComposeRequest, context: Any
    ) -> composer_pb2.ComposeResponse:
        """Runs one body in the lanes of the queue."""
        order = DirectOrder(request.workspace_id, request.body, request.generation)
        return composer_pb2.ComposeResponse(manifest=await self._runs.run(order))

    async def Describe(
        self, request: composer_pb2.DescribeRequest, context: Any
    ) -> composer_pb2.DescribeResponse:
        """The pools of this process."""
        return composer_pb2.DescribeResponse(pools=self._runs.describe())
