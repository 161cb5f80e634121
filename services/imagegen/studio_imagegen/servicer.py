"""The image generator's RPCs, for operators."""

from __future__ import annotations

from typing import Any

from filmstudio.imagegen.v1 import imagegen_pb2, imagegen_pb2_grpc
from studio_platform.direct import DirectOrder, DirectRuns


class ImagegenServicer(imagegen_pb2_grpc.ImagegenServiceServicer):
    """Bodies run for a caller, and what the pools are."""

    def __init__(self, runs: DirectRuns) -> None:
        self._runs = runs

    async def GenerateImage(
        self, request: imagegen_pb2.GenerateImageRequest, context: Any
    ) -> imagegen_pb2.GenerateImageResponse:
        """Runs one body in the lanes of the queue."""
        order = DirectOrder(request.workspace_id, request.body, request.generation)
        return imagegen_pb2.GenerateImageResponse(manifest=await self._runs.run(order))

    async def Describe(
        self, request: imagegen_pb2.DescribeRequest, context: Any
    ) -> imagegen_pb2.DescribeResponse:
        """The pools of this process."""
        return imagegen_pb2.DescribeResponse(pools=self._runs.describe())
