-- name: artifacts_by_keys
-- What these keys came to, held against the collector until the transaction ends.
select content_key, length_ms, digest from artifacts
where workspace_id = $1 and content_key = any($2::bytea[])
for key share;

-- name: insert_runs
-- Makes runs for keys that nobody works on, each after the generations that were collected, in the keys' order.
insert into runs (run_id, workspace_id, content_key, kind, pool, body, body_sha256, created_at, ready_at, generation)
select run_id, $1, content_key, kind, pool, body, body_sha256, $8, $8, coalesce((
    select max(g.generation) + 1 from garbage_artifacts g
    where g.workspace_id = $1 and g.content_key = wanted.content_key
), 0)
from unnest($2::uuid[], $3::bytea[], $4::smallint[], $5::text[], $6::bytea[], $7::text[])
    as wanted (run_id, content_key, kind, pool, body, body_sha256)
order by content_key
on conflict (workspace_id, content_key) where state in ('WAITING', 'DISPATCHED') do nothing
returning run_id, content_key;

-- name: share_unfinished_runs
-- The runs at work on these keys, held against their end until the transaction ends.
select run_id, content_key, state from runs
where workspace_id = $1 and content_key = any($2::bytea[]) and state in ('WAITING', 'DISPATCHED')
order by run_id
for share;

-- name: drop_new_runs
-- Takes back runs that were just made and turned out to be needless.
delete from runs where run_id = any($1::uuid[]) and state = 'WAITING' and dispatch = 0;

-- name: lock_runs
-- Runs, locked in order.
select run_id, workspace_id, content_key, kind, state, dispatch, failures, pool, generation from runs
where run_id = any($1::uuid[])
order by run_id
for update;

-- name: run
-- One run as it is.
select run_id, state, dispatch, run_ms, failure_reason, failure_text, failure_log, ended_at from runs
where run_id = $1;

-- name: succeed_runs
-- Ends locked runs well, keeps what they made unless something is there, and asks for a look at who waits for them.
-- What was kept, whether it was collected before the statement began, and those of its blobs that are garbage: none is
-- condemned until the transaction ends.
with made as (
    insert into artifacts (workspace_id, content_key, kind, generation, digest, manifest, length_ms, frames,
                           created_at, blobs_noted)
    select workspace_id, content_key, kind, generation, digest, manifest, length_ms, frames, $3, true
    from unnest($4::uuid[], $5::bytea[], $6::smallint[], $7::int[], $8::text[], $9::bytea[], $10::int[], $11::int[])
        as made (workspace_id, content_key, kind, generation, digest, manifest, length_ms, frames)
    order by workspace_id, content_key
    on conflict do nothing
    returning workspace_id, content_key, generation
),
parts as (
    insert into artifact_blobs (workspace_id, content_key, sha256, size_bytes)
    select p.workspace_id, p.content_key, p.sha256, p.size_bytes
    from unnest($12::uuid[], $13::bytea[], $14::bytea[], $15::bigint[])
        as p (workspace_id, content_key, sha256, size_bytes)
    join made m on m.workspace_id = p.workspace_id and m.content_key = p.content_key
    on conflict do nothing
),
due as (
    insert into due_jobs (job_id, run_id)
    select t.job_id, t.run_id from tasks t
    where t.run_id = any($1::uuid[]) and t.state in ('WAITING', 'RUNNING')
),
ended as (
    update runs r
    set state = 'SUCCEEDED', ended_at = $3, run_ms = m.run_ms, missing_since = null
    from unnest($1::uuid[], $2::int[]) as m (run_id, run_ms)
    where r.run_id = m.run_id and r.state in ('WAITING', 'DISPATCHED')
),
doubtful as (
    select p.content_key, g.workspace_id, g.sha256, g.condemned_at, g.deleted_at
    from unnest($12::uuid[], $13::bytea[], $14::bytea[]) as p (workspace_id, content_key, sha256)
    join made m on m.workspace_id = p.workspace_id and m.content_key = p.content_key
    join garbage_blobs g on g.workspace_id = p.workspace_id and g.sha256 = p.sha256
    order by g.workspace_id, g.sha256
    for share of g
)
select m.workspace_id, m.content_key, m.generation, d.sha256, d.condemned_at, d.deleted_at, exists (
    select from garbage_artifacts g
    where g.workspace_id = m.workspace_id and g.content_key = m.content_key and g.generation >= m.generation
) as is_buried
from made m left join doubtful d on d.workspace_id = m.workspace_id and d.content_key = m.content_key;

-- name: regenerate_runs
-- Lets locked runs make what they made once more, under the next generation: something of it is gone from the store.
update runs set state = 'WAITING', generation = generation + 1, ready_at = $2, missing_since = null
where run_id = any($1::uuid[]) and state in ('WAITING', 'DISPATCHED');

-- name: fail_runs
-- Ends runs for good.
update runs r
set state = 'FAILED', ended_at = $5, failures = r.failures + 1, failure_reason = m.reason,
    failure_text = m.user_text, failure_log = m.log_text
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as m (run_id, reason, user_text, log_text)
where r.run_id = m.run_id and r.state = 'DISPATCHED';

-- name: retry_runs
-- Puts runs back to wait, after a failure (1) or a hand-back (0).
update runs r
set state = 'WAITING', ready_at = m.ready_at, failures = r.failures + m.failed, missing_since = null,
    failure_reason = m.reason
from unnest($1::uuid[], $2::timestamptz[], $3::int[], $4::text[]) as m (run_id, ready_at, failed, reason)
where r.run_id = m.run_id and r.state = 'DISPATCHED';

-- name: end_unwanted_runs
-- Ends runs that came back to wait although they were asked to stop, or no task waits for them any more.
update runs r set state = 'CANCELLED', ended_at = $2
where r.run_id = any($1::uuid[]) and r.state = 'WAITING' and (
    r.cancel_requested_at is not null
    or not exists (select from tasks t where t.run_id = r.run_id and t.state in ('WAITING', 'RUNNING'))
);

-- name: end_runs
-- Ends unfinished runs as CANCELLED or REKEYED.
update runs set state = $2, ended_at = $3 where run_id = any($1::uuid[]) and state in ('WAITING', 'DISPATCHED');

-- name: pools_with_waiting_runs
-- Pools that something waits for, what their windows are made of, and how much is in flight.
with recursive waiting as (
    (select pool from runs where state = 'WAITING' order by pool limit 1)
    union all
    select (select r.pool from runs r where r.state = 'WAITING' and r.pool > w.pool order by r.pool limit 1)
    from waiting w where w.pool is not null
)
select p.pool, p.replicas_max, p.slots,
       (select count(*) from runs r where r.pool = p.pool and r.state = 'DISPATCHED')::int as in_flight
from waiting w join pools p on p.pool = w.pool;

-- name: lock_pool
-- A pool, unless another dispatcher holds it; new runs may refer to it meanwhile.
select * from pools where pool = $1 for no key update skip locked;

-- name: pool_window
-- What is in flight of a locked pool by workspace, and its first waiting runs in their own order, while it has room.
with recursive flying as (
    select workspace_id, count(*)::int as runs from runs
    where pool = $1 and state = 'DISPATCHED'
    group by workspace_id
),
room as (select $2::int - coalesce(sum(runs), 0)::int as runs from flying),
owners as (
    (
        select workspace_id from runs
        where pool = $1 and state = 'WAITING' and (select runs from room) > 0
        order by workspace_id limit 1
    )
    union all
    select (
        select r.workspace_id from runs r
        where r.pool = $1 and r.state = 'WAITING' and r.workspace_id > o.workspace_id
        order by r.workspace_id limit 1
    )
    from owners o where o.workspace_id is not null
)
select workspace_id, runs as in_flight, null::uuid as run_id, null::timestamptz as ready_at from flying
union all
select o.workspace_id, 0, w.run_id, w.ready_at
from owners o
cross join lateral (
    select run_id, ready_at from runs
    where pool = $1 and workspace_id = o.workspace_id and state = 'WAITING' and ready_at <= $3
    order by priority desc, run_id
    limit (select greatest(runs, 0) from room)
) as w
where o.workspace_id is not null;

-- name: dispatch_runs
-- Dispatches waiting runs that nobody holds.
update runs r
set state = 'DISPATCHED', dispatch = r.dispatch + 1, dispatched_at = $2, missing_since = null
from (
    select run_id from runs where run_id = any($1::uuid[]) and state = 'WAITING' order by run_id for update skip locked
) as free
where r.run_id = free.run_id
returning r.run_id, r.workspace_id, r.content_key, r.kind, r.pool, r.dispatch, r.generation, r.body, r.body_sha256;

-- name: runs_to_sweep
-- Dispatched runs that nothing was heard of for long and that nobody asked to stop.
select run_id, workspace_id, content_key, kind, pool, dispatch, generation, body, body_sha256, missing_since
from runs
where state = 'DISPATCHED' and dispatched_at < $1 and cancel_requested_at is null
order by dispatched_at
limit $2;

-- name: note_missing
-- Notes since when the broker does not hold a run's message; null: it does.
update runs set missing_since = $2 where run_id = any($1::uuid[]) and state = 'DISPATCHED';

-- name: touch_dispatched
-- Restarts the grace of runs whose message was published again.
update runs set missing_since = null, dispatched_at = $2 where run_id = any($1::uuid[]) and state = 'DISPATCHED';

-- name: runs_without_other_tasks
-- Which of these runs no live task of another job waits for.
select r.run_id, r.state, r.pool, r.dispatch, r.kind from runs r
where r.run_id = any($1::uuid[]) and r.state in ('WAITING', 'DISPATCHED')
  and not exists (
      select from tasks t where t.run_id = r.run_id and t.state in ('WAITING', 'RUNNING') and t.job_id <> $2
  )
order by r.run_id
for update of r;

-- name: request_run_cancel
-- Asks dispatched runs to stop.
update runs set cancel_requested_at = coalesce(cancel_requested_at, $2)
where run_id = any($1::uuid[]) and state = 'DISPATCHED';

-- name: runs_to_cancel
-- Runs that were asked to stop and have not.
select run_id, kind, pool, dispatch, cancel_requested_at from runs
where state = 'DISPATCHED' and cancel_requested_at is not null
order by cancel_requested_at
limit $1;
