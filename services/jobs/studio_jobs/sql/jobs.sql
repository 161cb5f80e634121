-- name: insert_job
-- Makes a job; nothing when the request id is known already.
insert into jobs (job_id, workspace_id, project_id, revision, request_id, request_digest, options, retry_of,
                  created_at, updated_at, edit_sequence)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
on conflict (workspace_id, request_id) where request_id is not null do nothing
returning *;

-- name: job_by_request
-- The job that a request id made.
select * from jobs where workspace_id = $1 and request_id = $2;

-- name: job
-- One job of a workspace, unless it was deleted.
select * from jobs where workspace_id = $1 and job_id = $2 and deleted_at is null;

-- name: jobs_page
-- A page of a workspace's jobs, the newest first, after an id.
select * from jobs
where workspace_id = $1 and ($2::uuid is null or job_id < $2) and deleted_at is null
order by job_id desc
limit $3;

-- name: jobs_page_of_project
-- A page of a project's jobs, the newest first, after an id.
select * from jobs
where workspace_id = $1 and ($2::uuid is null or job_id < $2) and project_id = $4 and deleted_at is null
order by job_id desc
limit $3;

-- name: claim_job_to_plan
-- Leases the oldest job that nobody plans.
update jobs set planning_lease_until = $2
where job_id = (
    select job_id from jobs
    where state in ('PENDING', 'VALIDATING') and (planning_lease_until is null or planning_lease_until < $1)
    order by job_id
    limit 1
    for update skip locked
)
returning *;

-- name: extend_planning_lease
-- Keeps the lease of a job that is still being planned.
update jobs set planning_lease_until = $2 where job_id = $1 and state in ('PENDING', 'VALIDATING');

-- name: lock_job
-- One job, locked until the transaction ends.
select * from jobs where job_id = $1 for update;

-- name: lock_job_of_workspace
-- One job of a workspace, unless it was deleted, locked until the transaction ends.
select * from jobs where workspace_id = $1 and job_id = $2 and deleted_at is null for update;

-- name: take_due_job
-- One job, locked, unless somebody else holds it, with the runs that it is taken as due for.
with locked as (select * from jobs where job_id = $1 for update skip locked),
taken as (delete from due_jobs where job_id = (select job_id from locked) returning run_id)
select locked.*, array(select run_id from taken) as due_runs from locked;

-- name: move_job
-- The one statement that changes a job's state; no row when somebody else moved it first.
update jobs
set state = $4, version = version + 1, updated_at = $5,
    ended_at = case when $4 in ('COMPLETED', 'FAILED', 'CANCELLED') then $5::timestamptz end,
    failure_reason = $6, failure_stage = $7, failure_text = $8, failure_log = $9, failure_field = $10,
    failure_line = $11, failure_shot_id = $12
where job_id = $1 and state = $2 and version = $3
returning version;

-- name: save_progress
-- Writes the counters of a locked job and the events after its last one, and leaves their messages for the relay.
with numbered as (
    update jobs set stage_total = $2, stage_done = $3, stage_running = $4, stage_cached = $5, updated_at = $6,
        sequence = sequence + cardinality($8::bytea[])
    where job_id = $1 and sequence = $7
    returning sequence
),
told as (
    insert into job_events (job_id, sequence, payload, created_at)
    select $1, $7 + e.place, e.payload, $6
    from numbered cross join unnest($8::bytea[]) with ordinality as e (payload, place)
),
left_to_publish as (
    insert into outbox (id, subject, payload, created_at)
    select m.id, $10, m.payload, $6
    from numbered cross join unnest($9::uuid[], $11::bytea[]) as m (id, payload)
)
select sequence from numbered;

-- name: request_cancel
-- Notes that the job shall stop.
update jobs set cancel_requested = true, version = version + 1, updated_at = $2 where job_id = $1;

-- name: mark_rekeyed
-- Notes that plan keys of this job no longer name what it makes.
update jobs set rekeyed = true where job_id = $1;

-- name: save_film
-- Notes what the finished job made.
update jobs set film_key = $2, film_length_ms = $3, engines = $4, output_keys = $5 where job_id = $1;

-- name: count_unfinished_jobs
-- How many jobs of a workspace are not at their end, counted up to a limit.
select count(*) from (
    select from jobs where workspace_id = $1 and ended_at is null limit $2
) as unfinished;

-- name: insert_tasks
-- Commits a plan's tasks.
insert into tasks (job_id, number, workspace_id, kind, pool, display_name, shot_id, line_first, line_last,
                   plan_key, spec, open_inputs)
select $1, number, $2, kind, pool, display_name, shot_id, line_first, line_last, plan_key, spec, open_inputs
from unnest($3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[], $10::bytea[],
            $11::bytea[], $12::int[])
    as planned (number, kind, pool, display_name, shot_id, line_first, line_last, plan_key, spec, open_inputs);

-- name: insert_inputs
-- Commits a plan's edges.
insert into task_inputs (job_id, number, role, producer, uses)
select $1, number, role, producer, uses
from unnest($2::int[], $3::text[], $4::int[], $5::smallint[]) as planned (number, role, producer, uses);

-- name: unlocked_tasks
-- Tasks that nothing was decided about and whose inputs are finished, with these by role and what they came to.
select t.number, t.kind, t.pool, t.display_name, t.spec, t.plan_key, i.roles, i.uses, i.manifests, i.lengths_ms
from tasks t
cross join lateral (
    select array_agg(i.role order by i.role) as roles, array_agg(i.uses order by i.role) as uses,
           array_agg(a.manifest order by i.role) as manifests, array_agg(a.length_ms order by i.role) as lengths_ms
    from task_inputs i
    join tasks p on p.job_id = i.job_id and p.number = i.producer
    join artifacts a on a.workspace_id = p.workspace_id and a.content_key = p.content_key
    where i.job_id = t.job_id and i.number = t.number
) as i
where t.job_id = $1 and t.state = 'BLOCKED' and t.open_inputs = 0
order by t.number
limit $2;

-- name: finish_tasks
-- Marks tasks done with what they made, counts them down where they are waited for, and notes what plan keys came to.
with done as (
    update tasks t
    set state = 'DONE', content_key = f.content_key, cached = $4
    from unnest($2::int[], $3::bytea[]) as f (number, content_key)
    where t.job_id = $1 and t.number = f.number and t.state in ('BLOCKED', 'WAITING', 'RUNNING')
),
noted as (
    insert into resolutions (workspace_id, plan_key, content_key, created_at)
    select $5, plan_key, content_key, $8
    from unnest($6::bytea[], $7::bytea[]) as made (plan_key, content_key)
    order by plan_key
    on conflict (workspace_id, plan_key) do update
    set content_key = excluded.content_key, created_at = excluded.created_at
    where resolutions.content_key <> excluded.content_key
)
update tasks t
set open_inputs = t.open_inputs - d.finished
from (
    select number, count(*)::int as finished from task_inputs
    where job_id = $1 and producer = any($2::int[])
    group by number
) as d
where t.job_id = $1 and t.number = d.number and t.number <> all($2::int[]);

-- name: attach_tasks
-- Lets tasks wait for their runs.
update tasks t
set state = 'WAITING', run_id = a.run_id, content_key = a.content_key
from unnest($2::int[], $3::uuid[], $4::bytea[]) as a (number, run_id, content_key)
where t.job_id = $1 and t.number = a.number and t.state = 'BLOCKED';

-- name: live_tasks_of_runs
-- Tasks that wait for these runs, with where the runs are.
select t.number, t.kind, t.display_name, t.shot_id, t.state, t.content_key, t.plan_key, t.pool,
       r.run_id, r.state as run_state, r.dispatch, r.failure_reason, r.failure_text, r.failure_log, r.ended_at,
       r.created_at as run_created_at, t.line_first
from tasks t join runs r on r.run_id = t.run_id
where t.job_id = $1 and t.run_id = any($2::uuid[]) and t.state in ('WAITING', 'RUNNING')
order by t.number;

-- name: live_tasks
-- All tasks of a job that wait for runs, with where the runs are.
select t.number, t.kind, t.display_name, t.shot_id, t.state, t.content_key, t.plan_key, t.pool,
       r.run_id, r.state as run_state, r.dispatch, r.failure_reason, r.failure_text, r.failure_log, r.ended_at,
       r.created_at as run_created_at, t.line_first
from tasks t join runs r on r.run_id = t.run_id
where t.job_id = $1 and t.state in ('WAITING', 'RUNNING')
order by t.number;

-- name: set_task_states
-- Moves tasks to a state that needs no key.
update tasks set state = $3 where job_id = $1 and number = any($2::int[]);

-- name: cancel_blocked_tasks
-- Stops every task that nothing runs for.
update tasks set state = 'CANCELLED' where job_id = $1 and state = 'BLOCKED' returning number, kind, display_name;

-- name: reopen_tasks
-- Takes tasks from their runs; they are unlocked anew.
update tasks set state = 'BLOCKED', run_id = null, content_key = null
where job_id = $1 and number = any($2::int[]) and state in ('WAITING', 'RUNNING');

-- name: rekey_task
-- Gives a task another engine; it is unlocked anew.
update tasks set state = 'BLOCKED', run_id = null, content_key = null, spec = $3
where job_id = $1 and number = $2;

-- name: film_tasks
-- The artifacts that the job is about: its film, table read or storyboard, then its further outputs in their order.
select t.content_key, a.length_ms from tasks t
join artifacts a on a.workspace_id = t.workspace_id and a.content_key = t.content_key
where t.job_id = $1 and t.kind in (7, 8, 9) and t.state = 'DONE'
order by t.number;

-- name: engines_of_job
-- What made the parts of a finished job: of each kind and pool the first and the last, for one may have been given.
select t.kind, a.manifest from tasks t
join artifacts a on a.workspace_id = t.workspace_id and a.content_key = t.content_key
where t.job_id = $1 and t.number in (
    select unnest(array[min(number), max(number)]) from tasks where job_id = $1 group by kind, pool
)
order by t.kind, t.number;

-- name: tasks_page
-- A page of a job's tasks in the plan's order.
select t.*, r.dispatch, r.failures from tasks t left join runs r on r.run_id = t.run_id
where t.workspace_id = $1 and t.job_id = $2 and t.number > $3
order by t.number
limit $4;

-- name: task_of_run
-- The live tasks of a job by run.
select number, run_id, display_name from tasks
where job_id = $1 and run_id is not null and state in ('WAITING', 'RUNNING');

-- name: pools_awaited
-- Pools that a job waits for and that no worker of was seen since a time.
select distinct p.pool, p.last_seen_at from tasks t
join runs r on r.run_id = t.run_id
join pools p on p.pool = r.pool
where t.job_id = $1 and t.state in ('WAITING', 'RUNNING') and p.last_seen_at < $2
order by p.pool;

-- name: artifact
-- What a content key came to.
select * from artifacts where workspace_id = $1 and content_key = $2;

-- name: task_spec
-- A task's spec as planned.
select spec from tasks where job_id = $1 and number = $2;
