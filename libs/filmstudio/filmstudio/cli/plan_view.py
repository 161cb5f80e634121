"""A render's plan as people read it: a row a shot, what is made of it and why, and the sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console

from filmstudio.cli.amounts import amount
from filmstudio.cli.job_names import short
from filmstudio.cli.plain import plain
from filmstudio.cli.tables import Column, print_table
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2

COLUMNS = (
    Column("WHAT"),
    Column("LINES"),
    Column("MAKES"),
    Column("TIME", right=True),
    Column("COST", right=True),
    Column("WHY", yields=True),
)

_OUTPUT = re.compile(r"output \S+")
_SHOT = re.compile(r"scene \d+ shot \d+")
_SCENE = re.compile(r"scene \d+")
_CHANGES = {
    jobs_pb2.SHOT_CHANGE_NEW: "new",
    jobs_pb2.SHOT_CHANGE_CHANGED: "changed",
    jobs_pb2.SHOT_CHANGE_MOVED: "moved",
    jobs_pb2.SHOT_CHANGE_GONE: "gone",
}


@dataclass(slots=True)
class Group:
    """The tasks of a shot, of a scene besides its shots, of the film, or of a further output."""

    name: str
    tasks: list[jobs_pb2.PlannedTask] = field(default_factory=list)

    @property
    def to_run(self) -> list[jobs_pb2.PlannedTask]:
        """Tasks that are not there yet."""
        return [task for task in self.tasks if task.verdict != jobs_pb2.VERDICT_CACHED]


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """A plan in words: `rows` by COLUMNS, `others` what no row says, an empty line first."""

    headline: str
    rows: Sequence[Sequence[str]]
    others: Sequence[str]
    sums: Sequence[str]


def print_plan(title: str, plan: jobs_pb2.RenderPlan, console: Console | None = None) -> None:
    """Print what is made, what changed, and the sums; what is there already is counted only."""
    seen = plan_seen(title, plan)
    print(seen.headline)
    if seen.rows:
        print()
        print_table(COLUMNS, seen.rows, console)
    for line in (*seen.others, "", *seen.sums):
        print(line)
    for obstacle in plan.obstacles:
        print(f"\nfilm render would refuse this: {plain(obstacle.message)}")


def plan_seen(title: str, plan: jobs_pb2.RenderPlan) -> PlanSeen:
    """The plan in words."""
    is_first = not plan.diff.job
    open_groups = [group for group in _groups(plan) if group.to_run]
    differences = {shot.shot_id: shot for shot in plan.diff.shots}
    has_cost = bool(plan.total.cost_micros.high)
    return PlanSeen(
        _headline(title, plan),
        [_row(group, differences, is_first=is_first, has_cost=has_cost) for group in open_groups],
        _other_differences(plan, open_groups),
        _sums(plan, is_first=is_first),
    )


def _groups(plan: jobs_pb2.RenderPlan) -> list[Group]:
    groups: dict[str, Group] = {}
    for task in plan.tasks:
        name = plain(task.display_name)
        match = _OUTPUT.match(name) or _SHOT.match(name) or _SCENE.match(name)
        key = match[0] if match else name
        groups.setdefault(key, Group(key)).tasks.append(task)
    return list(groups.values())


def _headline(title: str, plan: jobs_pb2.RenderPlan) -> str:
    shots = len({task.shot_id for task in plan.tasks if task.shot_id})
    size = f"{plan.options.size.width_px}x{plan.options.size.height_px}"
    against = f"compared with job {short(plan.diff.job)}" if plan.diff.job else "no render to compare with"
    return f"{plain(title)}: {_count(shots, 'shot')}, {size}; {against}"


def _row(
    group: Group, differences: dict[str, jobs_pb2.ShotDiff], *, is_first: bool, has_cost: bool
) -> Sequence[str]:
    first = group.tasks[0]
    lines = ""
    if first.shot_id:
        last = max(task.line_last for task in group.tasks)
        lines = str(first.line_first) if first.line_first == last else f"{first.line_first}-{last}"
    own = [task for task in group.to_run if task.HasField("run_ms")]
    milliseconds = sum(task.run_ms.expected for task in own)
    micros = sum(task.cost_micros.expected for task in own)
    why = _why(differences.get(first.shot_id)) if first.shot_id and not is_first else ""
    return (
        group.name,
        lines,
        _made(group.to_run, is_first=is_first),
        f"{milliseconds / 1000:.1f} s",
        amount(micros) if has_cost else "",
        why,
    )


def _made(tasks: Sequence[jobs_pb2.PlannedTask], *, is_first: bool) -> str:
    """Such as "still clip? 2 speech": a mark where an equal input would save it."""
    words: dict[str, int] = {}
    for task in tasks:
        word = _word(task)
        is_open = task.verdict == jobs_pb2.VERDICT_RUN_UNLESS_EQUAL and not is_first
        word += "?" if is_open else ""
        words[word] = words.get(word, 0) + 1
    return " ".join(word if count == 1 else f"{count} {word}" for word, count in words.items())


def _word(task: jobs_pb2.PlannedTask) -> str:
    if task.kind != task_pb2.TASK_KIND_SEGMENT:
        return task_pb2.TaskKind.Name(task.kind).removeprefix("TASK_KIND_").lower()
    # What is a shot's of an output, and no scene's, is its clip in other proportions.
    return "cut" if task.display_name.endswith(" cut") else "framing"


def _why(difference: jobs_pb2.ShotDiff | None) -> str:
    if difference is None:
        return ""
    causes = []
    for cause in difference.causes:
        word = jobs_pb2.ChangeCause.Name(cause.cause).removeprefix("CHANGE_CAUSE_").lower()
        causes.append(f"{word}: {plain(cause.detail)}" if cause.detail else word)
    return "; ".join(causes) or _CHANGES[difference.change]


def _other_differences(plan: jobs_pb2.RenderPlan, shown: Sequence[Group]) -> list[str]:
    """Shots that moved or are gone, which no row says."""
    names = {group.name for group in shown}
    found = []
    for shot in plan.diff.shots:
        is_gone = shot.change == jobs_pb2.SHOT_CHANGE_GONE
        if is_gone or (shot.change == jobs_pb2.SHOT_CHANGE_MOVED and shot.display_name not in names):
            where = f" (line {shot.line_first} then)" if is_gone and shot.line_first else ""
            found.append(f"{_CHANGES[shot.change]}: {plain(shot.display_name)}{where}")
    return ["", *found] if found else []


def _sums(plan: jobs_pb2.RenderPlan, *, is_first: bool) -> list[str]:
    total, wall = plan.total, plan.wall_ms
    runs = total.runs + (total.runs_unless_equal if is_first else 0)
    open_runs = 0 if is_first else total.runs_unless_equal
    lines = [f"  parts    {total.cached} of {total.tasks} are there, {runs} to make"]
    if open_runs:
        lines.append(f"           {open_runs} more (?) unless what they are made from comes out equal")
    if not total.runs + total.runs_unless_equal:
        lines[0] = f"  parts    all {total.tasks} are there: nothing is made"
    band = f"{_seconds(wall.low)} to {_seconds(wall.high)}"
    lines.append(f"  time     {_seconds(wall.expected)} ({band})")
    if total.run_ms.high:
        low, high = _seconds(total.run_ms.low), _seconds(total.run_ms.high)
        lines.append(f"  engines  {_seconds(total.run_ms.expected)} of work ({low} to {high})")
    if total.cost_micros.high:
        low, high = amount(total.cost_micros.low), amount(total.cost_micros.high)
        lines.append(f"  cost     {amount(total.cost_micros.expected)} {plan.currency} ({low} to {high})")
    return lines


def _seconds(milliseconds: int) -> str:
    """Such as "0.4 s", "12 s", "3 min"."""
    if milliseconds < 10_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds / 1000:.0f} s" if milliseconds < 120_000 else f"{milliseconds / 60_000:.0f} min"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
