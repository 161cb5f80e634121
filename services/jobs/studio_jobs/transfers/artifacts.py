"""Artifacts as the contract says them: pure functions."""

from __future__ import annotations

from collections.abc import Iterable

from filmstudio.generation.v1 import artifact_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.transfers.v1 import transfers_pb2
from studio_jobs.domain.keys import given_key
from studio_jobs.domain.states import TaskKind
from studio_platform.errors import FieldViolation, InvalidInput
from studio_platform.manifests import artifact_digest

KINDS = (TaskKind.STILL, TaskKind.CLIP, TaskKind.SPEECH, TaskKind.MUSIC, TaskKind.EFFECTS)
"""What engines make and people bring; the composer's work is made again."""


def message_of(manifest: artifact_pb2.Manifest, plan_key: bytes = b"") -> transfers_pb2.MediaArtifact:
    """An artifact, without its files' addresses."""
    return transfers_pb2.MediaArtifact(
        plan_key=plan_key.hex(),
        kind=manifest.kind,
        engine=manifest.engine,
        parts=[
            transfers_pb2.MediaPart(
                role=part.role, media_type=part.media_type, sha256=part.sha256, size_bytes=part.size_bytes
            )
            for part in manifest.parts
        ],
        length_ms=manifest.length_ms,
        frames=manifest.frames,
        deterministic=manifest.deterministic,
    )


def manifest_of(workspace: str, artifact: transfers_pb2.MediaArtifact) -> artifact_pb2.Manifest:
    """The manifest of an artifact that came in, under the key by which it is given.

    Raises InvalidInput for a kind that the composer makes.
    """
    if int(artifact.kind) not in KINDS:
        raise invalid("artifacts.kind", "must be a still, a clip, a speech, music or effects")
    parts = [
        artifact_pb2.ManifestPart(
            role=part.role, media_type=part.media_type, sha256=part.sha256, size_bytes=part.size_bytes
        )
        for part in artifact.parts
    ]
    digest = artifact_digest(parts)
    return artifact_pb2.Manifest(
        workspace_id=workspace,
        kind=artifact.kind,
        content_key=given_key(artifact.kind, artifact.engine, digest).hex(),
        parts=parts,
        digest=digest,
        length_ms=artifact.length_ms,
        frames=artifact.frames,
        engine=artifact.engine,
        deterministic=artifact.deterministic,
    )


def require_lock(lock: timeline_pb2.ShotLock) -> None:
    """Raises InvalidInput for a lock that no studio has written, with which nothing could be planned."""
    rate, roles = lock.timing.rate, [f"speech-{number}" for number in range(1, len(lock.lines) + 1)]
    if not (rate.numerator and rate.denominator and lock.size.width_px and lock.size.height_px):
        raise invalid("locks.lock", "must have a size and a timing with its rate")
    if list(lock.timing.speech_roles) != roles or not set(lock.timing.simultaneous_roles) <= set(roles):
        raise invalid("locks.lock.timing", "must name the speeches of its lines, speech-1 and on")


def invalid(field: str, text: str) -> InvalidInput:
    """The refusal of a field."""
    return InvalidInput("MEDIA_INVALID", f"{field} {text}", violations=(FieldViolation(field, text),))


def kept_by(lock: timeline_pb2.ShotLock) -> Iterable[tuple[TaskKind, timeline_pb2.KeptArtifact]]:
    """What a lock keeps, with its kinds."""
    if lock.HasField("still"):
        yield TaskKind.STILL, lock.still
    yield TaskKind.CLIP, lock.clip
    for line in lock.lines:
        yield TaskKind.SPEECH, line.speech
