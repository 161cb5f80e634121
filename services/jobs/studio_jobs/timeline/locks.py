"""Locked shots: what they keep, and how a film is planned with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from filmstudio.generation.v1 import task_pb2
from filmstudio.timeline.v1 import timeline_pb2
from studio_jobs.screenplay.scenes import Breakdown, Line, Scene, Shot

BROUGHT_ENGINE = "brought"
"""What made a file that somebody brought."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An artifact that is there, by its manifest's digest, and what made it; `length_ms` is 0 for a still."""

    digest: str
    engine: task_pb2.EngineRef
    length_ms: int = 0


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that somebody brought: the artifact, a clip's size, and its line in the film's credits."""

    kept: Kept
    credit: str
    size: task_pb2.Size


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line with its speech."""

    character: str
    text: str
    dual: bool
    speech: Kept


@dataclass(frozen=True, slots=True)
class Lock:
    """What a locked shot keeps; `timing` names its speeches "speech-1" and on, at the rate of its clip.

    `still` is None where the clip was brought. `credits` are those of brought files, in the film's order.
    """

    size: task_pb2.Size
    timing: task_pb2.ShotTiming
    still: Kept | None
    clip: Kept
    lines: tuple[KeptLine, ...]
    credits: tuple[str, ...] = ()

    def fits(self, size: task_pb2.Size, rate: task_pb2.Rate) -> bool:
        """Whether the clip is joined as it is; one that was brought has a length of its own, too."""
        if self.clip.engine.engine == BROUGHT_ENGINE:
            return False
        return self.size == size and self.timing.rate == rate


def lock_of(message: timeline_pb2.ShotLock) -> Lock:
    """The lock in a document."""
    return Lock(
        message.size,
        message.timing,
        kept_of(message.still) if message.HasField("still") else None,
        kept_of(message.clip),
        tuple(KeptLine(line.character, line.text, line.dual, kept_of(line.speech)) for line in message.lines),
        tuple(credit_of(brought) for brought in message.brought),
    )


def kept_of(message: timeline_pb2.KeptArtifact) -> Kept:
    """The artifact in a document."""
    return Kept(message.digest, message.engine, message.length_ms)


def credit_of(replacement: timeline_pb2.Replacement) -> str:
    """The line of a brought file in the film's credits."""
    what = _CREDITED[replacement.target.WhichOneof("target") or "music"]
    credit = replacement.credit
    return f"{what}: {credit.creator} ({credit.licence})"


_CREDITED = {
    "still": "Still",
    "clip": "Footage",
    "line": "Voice",
    "music": "Music",
    "ambience": "Sound",
    "portrait": "Portrait",
}


def with_locked_lines(breakdown: Breakdown, locks: Mapping[str, Lock]) -> Breakdown:
    """The breakdown in which locked shots say what they said when they were locked."""
    if not locks:
        return breakdown
    return replace(breakdown, scenes=tuple(_scene(scene, locks) for scene in breakdown.scenes))


def _scene(scene: Scene, locks: Mapping[str, Lock]) -> Scene:
    shots = (
        replace(shot, lines=_lines(shot, locks[shot.shot_id])) if shot.shot_id in locks else shot
        for shot in scene.shots
    )
    return replace(scene, shots=tuple(shots))


def _lines(shot: Shot, lock: Lock) -> tuple[Line, ...]:
    return tuple(Line(line.character, line.text, "", shot.span, line.dual) for line in lock.lines)


def locked_timing(lock: Lock, prefix: str, rate: task_pb2.Rate) -> task_pb2.ShotTiming:
    """The lock's rule with the prefix before its roles, in frames of another rate where that differs."""
    timing = task_pb2.ShotTiming()
    timing.CopyFrom(lock.timing)
    for roles in (timing.speech_roles, timing.simultaneous_roles):
        roles[:] = [f"{prefix}{role}" for role in roles]
    for field in ("lead_frames", "gap_frames", "tail_frames", "min_frames", "over_frames"):
        setattr(timing, field, _frames_at(getattr(timing, field), timing.rate, rate))
    timing.rate.CopyFrom(rate)
    return timing


def _frames_at(frames: int, before: task_pb2.Rate, after: task_pb2.Rate) -> int:
    return round(frames * after.numerator * before.denominator / (after.denominator * before.numerator))
