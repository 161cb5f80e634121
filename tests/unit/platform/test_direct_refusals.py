"""What a generator's own RPCs refuse: callers without the right token, wrong bodies, what engines refuse."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from filmstudio.imagegen.v1 import imagegen_pb2
from studio_platform.engine import EngineFailure, Run
from studio_platform.identity import INTERNAL_TOKEN
from studio_platform.manifests import artifact_digest
from studio_platform.objects_memory import MemoryObjectStore
from studio_platform.testing.details import details_of
from tests.unit.platform.direct_bench import (
    OTHER_WORKSPACE,
    SHA,
    WORKSPACE,
    Bench,
    Engine,
    signed,
    still,
)


@pytest.mark.parametrize(
    ("caller", "code"),
    [
        (lambda: (), grpc.StatusCode.UNAUTHENTICATED),
        (lambda: (("authorization", "Bearer nonsense"),), grpc.StatusCode.UNAUTHENTICATED),
        (lambda: signed("generation.run", kind=INTERNAL_TOKEN), grpc.StatusCode.UNAUTHENTICATED),
        (lambda: signed("jobs.write", "generation.read"), grpc.StatusCode.PERMISSION_DENIED),
    ],
    ids=["nobody", "nonsense", "an internal token", "other scopes"],
)
async def test_nobody_runs_an_engine_without_an_access_token_of_that_scope(
    caller: Callable[[], tuple[tuple[str, str], ...]], code: grpc.StatusCode
) -> None:
    bench = Bench(Engine(lambda run: b"picture"))
    request = imagegen_pb2.GenerateImageRequest(workspace_id=WORKSPACE, body=still())

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.stub.GenerateImage(request, metadata=caller())

    assert refused.value.code() is code
    assert bench.engine.runs == 0


async def test_to_describe_is_closed_without_a_token_too() -> None:
    bench = Bench(Engine(lambda run: b"picture"))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.stub.Describe(imagegen_pb2.DescribeRequest())

    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


def changed(**fields: object) -> message_pb2.RunBody:
    """The good body with fields of its spec replaced."""
    body = still()
    body.spec.MergeFrom(task_pb2.TaskSpec(**fields))  # type: ignore[arg-type]  # fields by name
    return body


def without(field_name: str) -> message_pb2.RunBody:
    """The good body without a field of its spec."""
    body = still()
    body.spec.ClearField(field_name)  # type: ignore[arg-type]  # a name from the test
    return body


def with_inputs(*inputs: artifact_pb2.ResolvedInput) -> message_pb2.RunBody:
    """The good body with inputs."""
    return message_pb2.RunBody(spec=still().spec, inputs=inputs)


def resolved(
    role: str = "look", workspace_id: str = WORKSPACE, sha256: str = SHA
) -> artifact_pb2.ResolvedInput:
    """An input whose digest is that of its parts."""
    parts = [artifact_pb2.ManifestPart(role="image", media_type="image/png", sha256=sha256)]
    manifest = artifact_pb2.Manifest(workspace_id=workspace_id, parts=parts, digest=artifact_digest(parts))
    return artifact_pb2.ResolvedInput(role=role, manifest=manifest)


def lying() -> artifact_pb2.ResolvedInput:
    """An input that says the digest of other parts."""
    entry = resolved()
    entry.manifest.digest = resolved(sha256="cd" * 32).manifest.digest
    return entry


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (message_pb2.RunBody(), ["body.spec"]),
        (without("engine"), ["body.spec.engine"]),
        (without("still"), ["body.spec.work"]),
        (changed(kind=99), ["body.spec.kind"]),
        (changed(still=task_pb2.StillSpec(place=99)), ["body.spec.still.place"]),  # type: ignore[arg-type]  # a number that is no place
        (changed(kind=task_pb2.TASK_KIND_FILM), ["body.spec.kind", "body.spec.film"]),
        (changed(engine=task_pb2.EngineRef(revision="2")), ["body.spec.engine"]),
        (changed(clip=task_pb2.ClipSpec()), ["body.spec.still"]),
        (changed(timings=[task_pb2.ShotTiming()]), ["body.spec.timings"]),
        (with_inputs(resolved(), resolved()), ["body.inputs[1].role"]),
        (with_inputs(resolved(sha256="../../../etc/passwd")), ["body.inputs[0].manifest.parts[0].sha256"]),
        (with_inputs(resolved(workspace_id=OTHER_WORKSPACE)), ["body.inputs[0].manifest.workspace_id"]),
        (with_inputs(lying()), ["body.inputs[0].manifest.digest"]),
    ],
)
async def test_a_wrong_body_is_refused_naming_every_field_at_fault(
    body: message_pb2.RunBody, fields: list[str]
) -> None:
    bench = Bench(Engine(lambda run: b"picture"))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.generate(body)

    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert [
        violation.field for violation in details_of(refused.value)["BadRequest"].field_violations
    ] == fields
    assert not bench.objects.objects


async def test_an_input_that_is_not_in_the_store_is_not_found() -> None:
    bench = Bench(Engine(lambda run: b"picture"))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as missing:
            await bench.generate(with_inputs(resolved()))

    assert missing.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    ("permanent", "code"),
    [(True, grpc.StatusCode.INVALID_ARGUMENT), (False, grpc.StatusCode.UNAVAILABLE)],
)
async def test_an_engines_refusal_tells_its_reason_and_whether_to_try_again(
    permanent: bool, code: grpc.StatusCode
) -> None:
    def refuse(run: Run) -> bytes:
        raise EngineFailure("TOO_DARK", "It is too dark.", log_text="secret", permanent=permanent)

    bench = Bench(Engine(refuse))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await bench.generate(still())

    assert refused.value.code() is code
    assert details_of(refused.value)["ErrorInfo"].reason == "TOO_DARK"
    assert "It is too dark." in (refused.value.details() or "")
    assert "secret" not in str(refused.value)


async def test_an_engines_fault_is_internal_and_tells_nothing_of_its_text() -> None:
    def break_down(run: Run) -> bytes:
        raise ValueError("secret path /srv")

    bench = Bench(Engine(break_down))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as broken:
            await bench.generate(still())

    assert broken.value.code() is grpc.StatusCode.INTERNAL
    assert details_of(broken.value)["ErrorInfo"].reason == "ENGINE_ERROR"
    assert "secret" not in str(broken.value)


async def test_a_full_store_says_so() -> None:
    bench = Bench(Engine(lambda run: b"picture"), objects=MemoryObjectStore(size_max_bytes=1))

    async with bench.serving():
        with pytest.raises(grpc.aio.AioRpcError) as full:
            await bench.generate(still())

    assert details_of(full.value)["ErrorInfo"].reason == "STORAGE_FULL"
