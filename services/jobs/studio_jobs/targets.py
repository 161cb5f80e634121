"""How deep each target goes: of which kinds its graph has tasks."""

from __future__ import annotations

from collections.abc import Mapping

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import TaskKind

_SOUND = frozenset({TaskKind.SPEECH, TaskKind.MUSIC})
_FINISH = frozenset({TaskKind.SEGMENT, TaskKind.LEVELS, TaskKind.MASTER})
_CUT = _SOUND | _FINISH | {TaskKind.STILL, TaskKind.EFFECTS, TaskKind.FILM}

KINDS_OF_TARGET: Mapping[jobs_pb2.Target.ValueType, frozenset[TaskKind]] = {
    jobs_pb2.TARGET_TABLE_READ: _SOUND | _FINISH | {TaskKind.READING},
    jobs_pb2.TARGET_STORYBOARD: frozenset({TaskKind.STILL, TaskKind.SHEET}),
    jobs_pb2.TARGET_ANIMATIC: _CUT,
    jobs_pb2.TARGET_FILM: _CUT | {TaskKind.CLIP},
}
"""Options are completed before: none is unspecified."""
