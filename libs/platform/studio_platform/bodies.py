"""What a caller's body must be beyond the rules in its contract: every fault of it, by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_platform.engine import EngineDescription
from studio_platform.errors import FieldViolation
from studio_platform.manifests import artifact_digest
from studio_platform.pools import engine_ref, kind_of, kind_word

SPEC = "body.spec"


def faults_of(
    workspace_id: str, body: message_pb2.RunBody, engines: Sequence[EngineDescription]
) -> list[FieldViolation]:
    """What of `body` can't be run for the workspace by one of these engines; empty when it can."""
    return [*_spec_faults(body.spec, engines), *_input_faults(workspace_id, body.inputs)]


def _spec_faults(spec: task_pb2.TaskSpec, engines: Sequence[EngineDescription]) -> Iterator[FieldViolation]:
    made = [engine for engine in engines if kind_of(engine) == spec.kind]
    if not made:
        kinds = ", ".join(task_pb2.TaskKind.Name(kind_of(engine)) for engine in engines)
        yield FieldViolation(f"{SPEC}.kind", f"this process makes {kinds}", "KIND_NOT_HERE")
    elif spec.engine not in [engine_ref(engine) for engine in made]:
        here = ", ".join(_written(engine_ref(engine)) for engine in made)
        text = f"{_written(spec.engine)} is not here; this process has {here}"
        yield FieldViolation(f"{SPEC}.engine", text, "ENGINE_NOT_HERE")
    if spec.WhichOneof("work") != kind_word(spec.kind):
        text = f"is what a {task_pb2.TaskKind.Name(spec.kind)} needs"
        yield FieldViolation(f"{SPEC}.{kind_word(spec.kind)}", text, "WORK_MISSING")
    if spec.timings:
        text = "a resolved spec has lengths in frames and no timings"
        yield FieldViolation(f"{SPEC}.timings", text, "SPEC_UNRESOLVED")


def _input_faults(
    workspace_id: str, inputs: Sequence[artifact_pb2.ResolvedInput]
) -> Iterator[FieldViolation]:
    roles: set[str] = set()
    for index, entry in enumerate(inputs):
        path = f"body.inputs[{index}]"
        if entry.role in roles:
            yield FieldViolation(f"{path}.role", f"{entry.role} comes twice", "ROLE_REPEATED")
        roles.add(entry.role)
        if entry.manifest.workspace_id.lower() != workspace_id:
            text = "is another workspace's than the request's"
            yield FieldViolation(f"{path}.manifest.workspace_id", text, "WORKSPACE_OTHER")
        # The digest stands for the parts in the content key: a lie would file a wrong artifact under it.
        if entry.manifest.digest != artifact_digest(entry.manifest.parts):
            text = "is not the digest of the parts"
            yield FieldViolation(f"{path}.manifest.digest", text, "DIGEST_WRONG")


def _written(ref: task_pb2.EngineRef) -> str:
    words = [ref.engine or "no engine", "revision", ref.revision or "none"]
    if ref.model or ref.model_revision:
        words += ["with", ref.model, ref.model_revision]
    return " ".join(word for word in words if word)
