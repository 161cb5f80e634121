"""The audio generator's RPCs, for operators."""

from __future__ import annotations

from typing import Any

from filmstudio.audiogen.v1 import audiogen_pb2, audiogen_pb2_grpc
from studio_platform.direct import DirectOrder, DirectRuns


class AudiogenServicer(audiogen_pb2_grpc.AudiogenServiceServicer):
    """Bodies run for a caller, and what the pools are."""

    def __init__(self, runs: DirectRuns) -> None:
        self._runs = runs

    async def GenerateAudio(
        self, request: audiogen_pb2.GenerateAudioRequest, context: Any
    ) -> audiogen_pb2.GenerateAudioResponse:
        """Runs one body in the lanes of the queue."""
        order = DirectOrder(request.workspace_id, request.body, request.generation)
        return audiogen_pb2.GenerateAudioResponse(manifest=await self._runs.run(order))

    async def Describe(
        self, request: audiogen_pb2.DescribeRequest, context: Any
    ) -> audiogen_pb2.DescribeResponse:
        """The pools of this process."""
        return audiogen_pb2.DescribeResponse(pools=self._runs.describe())
