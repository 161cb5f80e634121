"""What the page shows: the newest film, the plan, how far the render is, and what is wrong with the text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from enum import Enum
from typing import Any

from filmstudio.cli.checking import Checked
from filmstudio.cli.diagnostics import severity_word
from filmstudio.cli.durations import about, clock
from filmstudio.cli.job_view import STAGE_WORDS, JobView
from filmstudio.cli.plain import plain
from filmstudio.cli.plan_view import COLUMNS, PlanSeen
from filmstudio.cli.source_lines import lines_of
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.screenplay.v1 import screenplay_pb2

REMARKS_MAX = 50
LINE_MAX_CHARS = 200


class Phase(Enum):
    """What the command is at."""

    LOOKING = "looking"
    RENDERING = "rendering"
    READY = "ready"
    FAULTY = "faulty"
    FAILED = "failed"


class Board:
    """One state, JSON by its form; whoever listens gets it now and after each change, the newest only."""

    def __init__(self, title: str, script: str, suffix: str = ".mp4") -> None:
        """`suffix`: of the file that is made."""
        self._state: dict[str, Any] = {
            "title": plain(title),
            "script": plain(script),
            "suffix": suffix,
            "phase": Phase.LOOKING.value,
            "film": 0,
            "note": "",
            "plan": None,
            "progress": None,
            "remarks": [],
        }
        self._changed = asyncio.Event()
        self._is_closed = False

    @property
    def film_number(self) -> int:
        """Counts the films of this watch; 0 before the first."""
        return int(self._state["film"])

    def looks(self) -> None:
        """A new text came."""
        self._put(phase=Phase.LOOKING, note="", plan=None, progress=None, remarks=[])

    def remarks(self, checked: Checked) -> None:
        """What the reader has to say of the text."""
        source = lines_of(checked.content)
        self._put(remarks=[_remark(remark, source) for remark in checked.remarks[:REMARKS_MAX]])

    def plans(self, seen: PlanSeen) -> None:
        """What is rendered."""
        plan = {
            "headline": seen.headline,
            "columns": [column.title for column in COLUMNS],
            "rows": [list(row) for row in seen.rows],
            "others": [line for line in seen.others if line],
            "sums": list(seen.sums),
        }
        self._put(phase=Phase.RENDERING, plan=plan)

    def progresses(self, view: JobView) -> None:
        """How far the render is."""
        self._put(progress=_progress(view))

    def shows(self, *, is_new: bool, note: str) -> None:
        """The film is that of the text."""
        self._put(phase=Phase.READY, film=self.film_number + is_new, note=note, progress=None)

    def keeps(self, phase: Phase, note: str) -> None:
        """The last film stays, and why."""
        self._put(phase=phase, note=note, progress=None)

    def close(self) -> None:
        """End what listens."""
        self._is_closed = True
        self._changed.set()

    async def states(self) -> AsyncGenerator[dict[str, Any], None]:
        """The state, and each later one; those that came while the listener was busy are left out."""
        while not self._is_closed:
            changed = self._changed
            yield self._state
            await changed.wait()

    def _put(self, **fields: Any) -> None:
        told = {key: value.value if isinstance(value, Phase) else value for key, value in fields.items()}
        self._state = {**self._state, **told}
        self._changed.set()
        self._changed = asyncio.Event()


def _remark(remark: screenplay_pb2.Diagnostic, source: Sequence[str]) -> dict[str, Any]:
    line = source[remark.line - 1] if 0 < remark.line <= len(source) else ""
    return {
        "severity": severity_word(remark.severity),
        "line": remark.line,
        "column": remark.column,
        "text": plain(remark.text),
        "suggestion": plain(remark.suggestion),
        "source": plain(line)[:LINE_MAX_CHARS],
    }


def _progress(view: JobView) -> dict[str, Any]:
    left = view.seconds_left
    return {
        "words": view.state.replace("_", " ").lower(),
        "elapsed": clock(view.elapsed_seconds),
        "left": "" if left is None else about(left),
        "notes": view.notes(),
        "stages": [_stage(stage) for stage in view.event.stages],
    }


def _stage(stage: jobs_pb2.StageProgress) -> dict[str, Any]:
    return {
        "name": STAGE_WORDS[stage.stage],
        "done": stage.done,
        "total": stage.total,
        "running": stage.running,
        "cached": stage.cached,
    }
