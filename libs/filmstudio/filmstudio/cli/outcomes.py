"""How a job ended, in words: what was made, or why not and what to do next."""

from __future__ import annotations

from pathlib import Path

from filmstudio.cli.amounts import amount
from filmstudio.cli.durations import clock
from filmstudio.cli.further_outputs import path_of
from filmstudio.cli.job_names import short
from filmstudio.cli.job_view import STAGE_WORDS
from filmstudio.cli.plain import plain
from filmstudio.jobs.v1 import jobs_pb2

# What the screenplay or the options are to blame for does not go away by itself.
INPUT_FAULTS = frozenset(
    {
        jobs_pb2.FAILURE_REASON_SCREENPLAY_REFUSED,
        jobs_pb2.FAILURE_REASON_MODERATION_REFUSED,
        jobs_pb2.FAILURE_REASON_LIMIT_EXCEEDED,
    }
)

WHAT_WAS_MADE = {jobs_pb2.TARGET_TABLE_READ: "read", jobs_pb2.TARGET_STORYBOARD: "sheet"}


def failure_text(job: str, failure: jobs_pb2.Failure) -> str:
    """Reason, stage, shot and text of a failure, and the next command."""
    reason = jobs_pb2.FailureReason.Name(failure.reason).removeprefix("FAILURE_REASON_")
    where = [f"stage {STAGE_WORDS.get(failure.stage, 'unknown')}"]
    if failure.shot_id:
        where.append(f"shot {plain(failure.shot_id)}")
    if failure.line:
        where.append(f"screenplay line {failure.line}")
    return "\n".join(
        [
            f"film: the job failed: {reason} ({', '.join(where)})",
            f"  {plain(failure.message)}",
            f"  next: {_cure(job, failure)}",
        ]
    )


def _cure(job: str, failure: jobs_pb2.Failure) -> str:
    if failure.reason in INPUT_FAULTS:
        return "change the screenplay, then film render it again; what did not change is not made again"
    if failure.reason == jobs_pb2.FAILURE_REASON_STORAGE_FAILED:
        return f"free some room in the studio's store, then: film retry {short(job)}"
    return f"film retry {short(job)}    (finished parts are kept; film tasks {short(job)} shows them)"


def report(job: jobs_pb2.Job, output: Path, seconds: float) -> str:
    """What a person wants to know of a film that was made."""
    done = sum(stage.done for stage in job.stages)
    cached = sum(stage.cached for stage in job.stages)
    return "\n".join(
        [
            "",
            f"  {WHAT_WAS_MADE.get(job.options.target, 'film').ljust(9)} {output}",
            *(f"            {path}" for path in further_paths(job, output).values()),
            *([f"  length    {job.film_length_ms / 1000:.1f} s"] if job.film_length_ms else []),
            f"  took      {seconds:.1f} s  ({done - cached} parts made, {cached} taken from before)",
            f"  engines   {', '.join(job.engines)}",
            *_cost_line(job.spent),
            "",
        ]
    )


def further_paths(job: jobs_pb2.Job, film: Path) -> dict[str, Path]:
    """Where the further outputs of a job go, by their names."""
    return {output.name: path_of(film, output) for output in job.outputs}


def _cost_line(spent: jobs_pb2.Spending) -> list[str]:
    """Nothing where nothing has a price."""
    return [f"  cost      {amount(spent.cost_micros)} {spent.currency}"] if spent.cost_micros else []


def next_commands(job: str, *, is_local: bool) -> str:
    """What one may want to do after a film."""
    commands = [(f"film tasks {short(job)}", "what was made, by which engine")]
    if is_local:
        commands.append(("film down", "stop the studio"))
    else:
        commands.append((f"film download {short(job)} --asset subtitles", "the subtitles"))
    width = max(len(command) for command, _ in commands)
    return "\n".join(f"  {command.ljust(width)}   {use}" for command, use in commands)


def progress_words(job: jobs_pb2.Job) -> str:
    """Finished parts of all: "31/51"; empty before the plan."""
    total = sum(stage.total for stage in job.stages)
    return f"{sum(stage.done for stage in job.stages)}/{total}" if total else ""


def length_words(job: jobs_pb2.Job) -> str:
    """The film's length as on a player; empty before there is one."""
    return clock(job.film_length_ms / 1000) if job.film_length_ms else ""
