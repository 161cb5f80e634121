"""How long after its commit an event of a render shows on the page that follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from playwright.async_api import Page

from filmstudio.jobs.v1 import jobs_pb2
from studio_platform.database import Database

# The stages' bars as the page shows them; the moment is when the frame that shows it was handed over.
WATCH = """() => {
  window.arrivals = [];
  const seen = new Map();
  const look = () => {
    for (const bar of document.querySelectorAll('progress')) {
      const name = bar.getAttribute('aria-label');
      if (seen.get(name) === bar.value) continue;
      seen.set(name, bar.value);
      const value = bar.value;
      requestAnimationFrame(() => setTimeout(() => window.arrivals.push([name, value, Date.now()])));
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
TAKEN = "() => window.arrivals"
STAGES = {
    jobs_pb2.STAGE_IMAGES: "Stills",
    jobs_pb2.STAGE_VIDEO: "Clips",
    jobs_pb2.STAGE_AUDIO: "Sound",
    jobs_pb2.STAGE_COMPOSITION: "Composition",
}
_COMMITS = """
    select payload, pg_xact_commit_timestamp(xmin) as committed
    from job_events where job_id = $1 order by sequence
"""


async def commits(database: Database, job: str) -> list[tuple[datetime, jobs_pb2.JobEvent]]:
    """The events of a job with the times of their commits; Postgres must keep those."""
    rows = await database.fetch(_COMMITS, UUID(job.removeprefix("jobs/")))
    return [(row["committed"], jobs_pb2.JobEvent.FromString(row["payload"])) for row in rows]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Seconds from each bar-moving event's commit: to the page's frame, and to a watcher over gRPC."""

    page_seconds: list[float]
    watcher_seconds: list[float]


async def arrivals_of(
    page: Page, told: Sequence[tuple[datetime, jobs_pb2.JobEvent]], watched: Mapping[int, float]
) -> Arrivals:
    """How late they were; events from before the page was watched don't count.

    `watched` has when each event came, by its sequence, in seconds since 1970.
    """
    shown: list[tuple[str, float, float]] = [tuple(each) for each in await page.evaluate(TAKEN)]
    began_ms = min(at for _, _, at in shown)
    found, before = Arrivals([], []), dict.fromkeys(STAGES.values(), 0)
    for committed, event in told:
        for name, done in counts_of(event).items():
            if done <= before[name]:
                continue
            before[name] = done
            at_ms = next((at for bar, value, at in shown if bar == name and value >= done), None)
            if at_ms is not None and committed.timestamp() > began_ms / 1000:
                found.page_seconds.append(at_ms / 1000 - committed.timestamp())
                found.watcher_seconds.append(watched[event.sequence] - committed.timestamp())
    return found


def counts_of(event: jobs_pb2.JobEvent) -> Mapping[str, int]:
    """How far each stage's bar is after an event."""
    return {STAGES[each.stage]: each.done + each.cached for each in event.stages if each.stage in STAGES}
