-- name: events_after
-- A job's events after a number.
select sequence, payload from job_events
where job_id = $1 and sequence > $2
order by sequence
limit $3;

-- name: insert_deliveries
-- Leaves messages about a job for each webhook of its workspace that is told of such.
insert into webhook_deliveries (
    webhook_id, message_id, event_type, job_id, body, next_attempt_at, created_at
)
select w.webhook_id, m.id, m.type, $2, m.body, $6, $6
from webhooks w cross join unnest($3::uuid[], $4::text[], $5::text[]) as m (id, type, body)
where w.workspace_id = $1 and not w.disabled and m.type = any(w.event_types);

-- name: newest_event
-- The last event of a job so far.
select sequence, payload from job_events where job_id = $1
order by sequence desc
limit 1;

-- name: jobs_to_trim
-- Jobs that ended before a time and have more than their last event, the longest ended first.
select job_id, sequence from jobs where ended_at < $1 and not events_trimmed
order by ended_at
limit $2
for update skip locked;

-- name: delete_old_events
-- Removes events of jobs before a number, the oldest first, up to a limit; how many.
with gone as (
    delete from job_events e using (
        select first.job_id, first.sequence
        from unnest($1::uuid[], $2::bigint[]) as j (job_id, last)
        cross join lateral (
            select job_id, sequence from job_events
            where job_id = j.job_id and sequence < j.last
            order by sequence
            limit $3
        ) as first
        limit $3
    ) as old
    where e.job_id = old.job_id and e.sequence = old.sequence
    returning 1
)
select count(*)::int as events from gone;

-- name: mark_events_trimmed
-- Notes that only the last event of these jobs is left.
update jobs set events_trimmed = true where job_id = any($1::uuid[]);

-- name: order_runs
-- Leaves the orders of dispatched runs for the relay, and asks for a look at every job that waits for them.
with orders as (
    insert into outbox (id, subject, payload, created_at)
    select id, subject, payload, $5
    from unnest($2::uuid[], $3::text[], $4::bytea[]) as m (id, subject, payload)
)
insert into due_jobs (job_id, run_id)
select t.job_id, t.run_id from tasks t
where t.run_id = any($1::uuid[]) and t.state in ('WAITING', 'RUNNING');

-- name: outbox_gauges
-- How many messages wait for the relay, counted up to a limit, and since when the oldest does.
select count(*)::int as messages, min(created_at) as oldest_at
from (select created_at from outbox order by id limit $1) as waiting;

-- name: take_outbox
-- Messages to publish, the oldest first, held until the transaction ends.
select id, subject, payload from outbox
order by id
limit $1
for update skip locked;

-- name: delete_outbox
-- Forgets published messages.
delete from outbox where id = any($1::uuid[]);

-- name: outbox_holds
-- Which of these subjects still wait for the relay.
select distinct subject from outbox where subject = any($1::text[]);

-- name: mark_due
-- Asks for a look at a job, whatever its runs.
insert into due_jobs (job_id) select unnest($1::uuid[]);

-- name: mark_due_by_runs
-- Asks for a look at every job that waits for these runs.
insert into due_jobs (job_id, run_id)
select t.job_id, t.run_id from tasks t
where t.run_id = any($1::uuid[]) and t.state in ('WAITING', 'RUNNING')
returning job_id;

-- name: due_jobs
-- Jobs to look at, the longest due first, of as many as $2; what one job is due for is read once.
with recursive due as (
    (select job_id from due_jobs order by job_id limit 1)
    union all
    select (select d.job_id from due_jobs d where d.job_id > due.job_id order by d.job_id limit 1)
    from due where due.job_id is not null
)
select seen.job_id, first.id as first_id
from (select job_id from due where job_id is not null limit $2) as seen
cross join lateral (select d.id from due_jobs d where d.job_id = seen.job_id order by d.id limit 1) as first
order by first_id
limit $1;

-- name: forget_due
-- Forgets what is due of a job that is gone.
delete from due_jobs where job_id = $1 and not exists (select from jobs where job_id = $1);

-- name: mark_due_if_dispatched
-- Asks for another look at a job whose task joined a run that is at work already.
insert into due_jobs (job_id, run_id)
select $1, run_id from runs where run_id = any($2::uuid[]) and state = 'DISPATCHED';

-- name: mark_stale_jobs_due
-- Asks for a look at unfinished jobs that nothing changed for long: the net under lost wake-ups.
insert into due_jobs (job_id)
select job_id from jobs where ended_at is null and updated_at < $1 and state not in ('PENDING', 'VALIDATING')
  and not exists (select from due_jobs d where d.job_id = jobs.job_id);
