-- name: lock_quota
-- Lets creations of jobs in one workspace follow one another.
select pg_advisory_xact_lock(hashtextextended('studio_jobs.quota ' || $1::uuid, 0));

-- name: quota
-- The limits of a workspace's own, what its runs took in a month, and its unfinished jobs, counted up to a limit.
select own.unfinished_jobs_max, own.shots_per_film_max, own.gpu_seconds_max,
       coalesce(used.run_ms, 0) as run_ms,
       (
           select count(*)::int from (
               select from jobs where workspace_id = asked.workspace_id and ended_at is null limit $3
           ) as unfinished
       ) as unfinished_jobs
from (select $1::uuid as workspace_id) as asked
left join workspace_quotas own on own.workspace_id = asked.workspace_id
left join run_usage used on used.workspace_id = asked.workspace_id and used.month = $2;

-- name: set_quota
-- Gives a workspace limits of its own: those that are not null, over none or over those that it had.
insert into workspace_quotas as known (workspace_id, unfinished_jobs_max, shots_per_film_max, gpu_seconds_max, updated_at)
values ($1, $2, $3, $4, $5)
on conflict (workspace_id) do update
set unfinished_jobs_max = coalesce(excluded.unfinished_jobs_max, case when not $6 then known.unfinished_jobs_max end),
    shots_per_film_max = coalesce(excluded.shots_per_film_max, case when not $6 then known.shots_per_film_max end),
    gpu_seconds_max = coalesce(excluded.gpu_seconds_max, case when not $6 then known.gpu_seconds_max end),
    updated_at = excluded.updated_at;
