"""Every hand-off of the job service at which a test may let it die or fail (docs/fault-points.md)."""

from __future__ import annotations

POINTS = {
    "jobs.create.before_commit": "A new job and its first event are written, not committed.",
    "jobs.create.after_commit": "A new job is committed; nobody was woken and the caller has no answer.",
    "jobs.cancel.before_commit": "A cancel is noted on a job, not committed.",
    "jobs.cancel.after_commit": "A cancel is committed; nobody was woken and the caller has no answer.",
    "jobs.planner.claimed": "A planner leased a job and did nothing yet.",
    "jobs.planner.validating": "The job is VALIDATING; its screenplay was not read.",
    "jobs.planner.before_commit": "A plan is written, not committed.",
    "jobs.planner.after_commit": "A plan is committed; the advancer was not woken.",
    "jobs.advance.before_commit": "A job's step is written, not committed.",
    "jobs.advance.after_commit": "A job's step is committed; dispatcher and relay were not woken.",
    "jobs.dispatch.before_commit": "Runs are dispatched and their orders in the outbox, not committed.",
    "jobs.dispatch.after_commit": "Dispatched runs and their orders are committed; the relay was not woken.",
    "jobs.relay.before_publish": "Rows of the outbox are locked, nothing was published.",
    "jobs.relay.after_publish": "Messages were published; their rows are still in the outbox.",
    "jobs.relay.after_commit": "Messages were published and their rows removed.",
    "jobs.results.fetched": "Results were fetched, nothing was recorded.",
    "jobs.results.before_commit": "Results are recorded, not committed.",
    "jobs.results.before_ack": "Results are committed, not acknowledged; nobody was woken.",
    "jobs.results.acked": "Results are committed and acknowledged, and the advancer is woken.",
    "jobs.cancels.marked": "A run is on the broker's list of cancelled ones; its order was not purged.",
    "jobs.cancels.purged": "A cancelled run's order is purged; its row says that it is dispatched.",
    "jobs.cancels.before_commit": "Cancelled runs are ended, not committed.",
    "jobs.cancels.after_commit": "Cancelled runs are ended; the advancer was not woken.",
    "jobs.sweeper.before_commit": "Vanished orders are in the outbox again, not committed.",
    "jobs.sweeper.after_commit": "Vanished orders are in the outbox again; the relay was not woken.",
    "jobs.announcements.consumer": "A new pool has its consumer at the broker and no row.",
    "jobs.announcements.noted": "A pool's row is committed; the dispatcher was not woken.",
    "jobs.housekeeping.before_commit": "Old events are removed, not committed.",
    "jobs.housekeeping.after_commit": "Old events are removed.",
}
"""What has happened when a point is passed."""
