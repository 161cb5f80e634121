"""The video generator's RPCs, for operators."""

from __future__ import annotations

from typing import Any

from filmstudio.videogen.v1 import videogen_pb2, videogen_pb2_grpc
from studio_platform.direct import DirectOrder, DirectRuns


class VideogenServicer(videogen_pb2_grpc.VideogenServiceServicer):
    """Bodies run for a caller, and what the pools are."""

    def __init__(self, runs: DirectRuns) -> None:
        self._runs = runs

    async def GenerateClip(
        self, request: videogen_pb2.GenerateClipRequest, context: Any
    ) -> videogen_pb2.GenerateClipResponse:
        """Runs one body in the lanes of the queue."""
        order = DirectOrder(request.workspace_id, request.body, request.generation)
        return videogen_pb2.GenerateClipResponse(manifest=await self._runs.run(order))

    async def Describe(
        self, request: videogen_pb2.DescribeRequest, context: Any
    ) -> videogen_pb2.DescribeResponse:
        """The pools of this process."""
        return videogen_pb2.DescribeResponse(pools=self._runs.describe())
