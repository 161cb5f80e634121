"""The generators' own RPCs, for operators: not through the gateway, but with its access token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import grpc

from filmstudio.audiogen.v1 import audiogen_pb2, audiogen_pb2_grpc
from filmstudio.composer.v1 import composer_pb2, composer_pb2_grpc
from filmstudio.errors import RefusedError
from filmstudio.generation.v1 import artifact_pb2, message_pb2
from filmstudio.imagegen.v1 import imagegen_pb2, imagegen_pb2_grpc
from filmstudio.refusals import client_error
from filmstudio.session import CALL_TIMEOUT_SECONDS, Session
from filmstudio.videogen.v1 import videogen_pb2, videogen_pb2_grpc


class NoPoolError(RefusedError):
    """No generator of this studio makes what a body asks for."""


@dataclass(frozen=True, slots=True)
class _Contract:
    """What is called what in one generator's contract."""

    stub: Callable[[grpc.aio.Channel], Any]
    run: str
    request: Callable[..., Any]
    describe: Callable[[], Any]


_CONTRACTS: Mapping[str, _Contract] = {
    "imagegen": _Contract(
        imagegen_pb2_grpc.ImagegenServiceStub,
        "GenerateImage",
        imagegen_pb2.GenerateImageRequest,
        imagegen_pb2.DescribeRequest,
    ),
    "videogen": _Contract(
        videogen_pb2_grpc.VideogenServiceStub,
        "GenerateClip",
        videogen_pb2.GenerateClipRequest,
        videogen_pb2.DescribeRequest,
    ),
    "audiogen": _Contract(
        audiogen_pb2_grpc.AudiogenServiceStub,
        "GenerateAudio",
        audiogen_pb2.GenerateAudioRequest,
        audiogen_pb2.DescribeRequest,
    ),
    "composer": _Contract(
        composer_pb2_grpc.ComposerServiceStub,
        "Compose",
        composer_pb2.ComposeRequest,
        composer_pb2.DescribeRequest,
    ),
}


class Generators:
    """The generators at their addresses (host:port by name), called with a session's token; `async with`."""

    def __init__(self, addresses: Mapping[str, str], session: Session) -> None:
        self._addresses = {name: addresses[name] for name in _CONTRACTS if name in addresses}
        self._session = session
        self._stubs: dict[str, Any] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for name, address in self._addresses.items():
            channel = await self._stack.enter_async_context(grpc.aio.insecure_channel(address))
            self._stubs[name] = _CONTRACTS[name].stub(channel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def pools(self) -> dict[str, list[message_pb2.PoolAnnouncement]]:
        """The pools by the generator's name. Raises FilmStudioError for one that does not answer."""
        described = {}
        for name in self._stubs:
            answer = await self._call(name, "Describe", _CONTRACTS[name].describe(), CALL_TIMEOUT_SECONDS)
            described[name] = list(answer.pools)
        return described

    async def run(
        self, workspace_id: str, body: message_pb2.RunBody, deadline_seconds: float
    ) -> artifact_pb2.Manifest:
        """Run a body where its kind is made; a spec without an engine gets that pool's own.

        Raises NoPoolError, and another FilmStudioError for a refusal. Cancelling it stops the engine.
        """
        name, pool = self._pool_of(body, await self.pools())
        whole = message_pb2.RunBody()
        whole.CopyFrom(body)
        if not whole.spec.HasField("engine"):
            whole.spec.engine.CopyFrom(pool.engine)
        contract = _CONTRACTS[name]
        request = contract.request(workspace_id=workspace_id, body=whole)
        answer = await self._call(name, contract.run, request, deadline_seconds)
        manifest: artifact_pb2.Manifest = answer.manifest
        return manifest

    async def _call(self, name: str, method: str, request: Any, timeout_seconds: float) -> Any:
        call = getattr(self._stubs[name], method)
        try:
            return await call(request, metadata=await self._session.metadata(), timeout=timeout_seconds)
        except grpc.aio.AioRpcError as error:
            raise client_error(error, self._addresses[name]) from error

    @staticmethod
    def _pool_of(
        body: message_pb2.RunBody, pools: Mapping[str, list[message_pb2.PoolAnnouncement]]
    ) -> tuple[str, message_pb2.PoolAnnouncement]:
        for name, described in pools.items():
            for pool in described:
                if pool.kind == body.spec.kind:
                    return name, pool
        known = sorted({pool.pool for described in pools.values() for pool in described})
        raise NoPoolError(f"no pool makes kind {body.spec.kind}; there are {', '.join(known) or 'none'}")
