"""What a plan is made from besides the breakdown: options, pools, who plays whom, and what was edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.casting.entries import Casting
from studio_jobs.domain.states import TaskKind
from studio_jobs.edits.documents import Documents
from studio_jobs.timeline.edits import TimelineEdits


@dataclass(frozen=True, slots=True)
class PoolChoice:
    """The pool that makes a kind, and its engine as it goes into keys."""

    pool: str
    engine: task_pb2.EngineRef


@dataclass(frozen=True, slots=True)
class Production:
    """Everything that a plan needs; `voices` are the studio's choices, over which edited ones win."""

    project_id: str
    title: str
    options: jobs_pb2.RenderOptions
    pools: Mapping[TaskKind, PoolChoice]
    voices: Mapping[str, str]
    casting: Casting = field(default_factory=Casting)
    language: str = "en"
    edits: Documents = field(default_factory=Documents)
    timeline: TimelineEdits = field(default_factory=TimelineEdits)
