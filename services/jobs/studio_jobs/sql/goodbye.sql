-- name: share_project
-- Whether a project is there; it is not deleted until the transaction ends.
select project_id from projects where workspace_id = $1 and project_id = $2 for key share;

-- name: delete_jobs_of_project
-- Deletes the jobs of a project, none of which is at work; their rows follow.
update jobs set deleted_at = $3, request_id = null
where workspace_id = $1 and project_id = $2 and deleted_at is null;

-- name: delete_old_jobs
-- Deletes jobs that ended before a time, the longest ended first, up to a limit; their rows follow.
update jobs set deleted_at = $2, request_id = null
where job_id = any(array(
    select job_id from jobs where ended_at < $1 and deleted_at is null
    order by ended_at
    limit $3
    for update skip locked
));

-- name: deleted_jobs
-- Deleted jobs whose rows are there, held until the transaction ends.
select job_id from jobs where deleted_at is not null
order by deleted_at
limit $1
for update skip locked;

-- name: remove_tasks
-- Removes tasks of jobs, up to a limit; their keys.
delete from tasks where ctid = any(array(select ctid from tasks where job_id = any($1::uuid[]) limit $2))
returning workspace_id, content_key;

-- name: remove_events
-- Removes events of jobs, up to a limit; how many.
with gone as (
    delete from job_events where ctid = any(array(select ctid from job_events where job_id = any($1::uuid[]) limit $2))
    returning 1
)
select count(*)::int as events from gone;

-- name: remove_jobs
-- Removes jobs that have no tasks and events left.
delete from jobs where job_id = any($1::uuid[]);

-- name: unfinished_jobs
-- Jobs of a workspace that are not at their end, up to a limit.
select job_id from jobs where workspace_id = $1 and ended_at is null limit $2;

-- name: stop_runs
-- Asks what a workspace has at work to stop, and ends what waits and no task waits for.
with stopped as (
    update runs set cancel_requested_at = coalesce(cancel_requested_at, $2)
    where workspace_id = $1 and state = 'DISPATCHED'
)
update runs r set state = 'CANCELLED', ended_at = $2
where r.workspace_id = $1 and r.state = 'WAITING'
  and not exists (select from tasks t where t.run_id = r.run_id and t.state in ('WAITING', 'RUNNING'));

-- name: count_unfinished_runs
-- How many runs of a workspace are not at their end, counted up to a limit.
select count(*)::int as runs from (
    select from runs where workspace_id = $1 and state in ('WAITING', 'DISPATCHED') limit $2
) as unfinished;

-- name: jobs_of_workspace
-- Jobs of a workspace, deleted ones too, held until the transaction ends.
select job_id from jobs where workspace_id = $1 order by job_id limit $2 for update;

-- name: remove_projects
-- Removes projects of a workspace with their screenplays and cast, up to a limit; how many.
with gone as (
    delete from projects
    where workspace_id = $1 and project_id = any(array(
        select project_id from projects where workspace_id = $1 order by project_id limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_library
-- Removes entries of a workspace's library with their versions, up to a limit; how many.
with gone as (
    delete from library_entries
    where workspace_id = $1 and entry_id = any(array(
        select entry_id from library_entries where workspace_id = $1 order by entry_id limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_webhooks
-- Removes webhooks of a workspace with their logs, up to a limit; how many.
with gone as (
    delete from webhooks where webhook_id = any(array(
        select webhook_id from webhooks where workspace_id = $1 order by webhook_id limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_shares
-- Removes shares of a workspace, up to a limit; how many.
with gone as (
    delete from shares where share_id = any(array(
        select share_id from shares where workspace_id = $1 order by share_id limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_uploads
-- Removes uploads of a workspace, up to a limit; how many.
with gone as (
    delete from uploads where upload_id = any(array(
        select upload_id from uploads where workspace_id = $1 limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_quotas
-- Forgets what a workspace may render and has used, up to a limit of months; how many.
with limits as (delete from workspace_quotas where workspace_id = $1 returning 1),
gone as (
    delete from run_usage where ctid = any(array(select ctid from run_usage where workspace_id = $1 limit $2))
    returning 1
)
select ((select count(*) from limits) + (select count(*) from gone))::int as removed;

-- name: remove_verdicts
-- Removes verdicts of moderation on a workspace's contents, up to a limit; how many.
with gone as (
    delete from moderation_verdicts where ctid = any(array(
        select ctid from moderation_verdicts where workspace_id = $1 limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_resolutions
-- Removes what plan keys of a workspace came to, up to a limit; how many.
with gone as (
    delete from resolutions where ctid = any(array(select ctid from resolutions where workspace_id = $1 limit $2))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_artifacts
-- Removes artifacts of a workspace, up to a limit; how many.
with gone as (
    delete from artifacts where ctid = any(array(select ctid from artifacts where workspace_id = $1 limit $2))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_runs
-- Removes ended runs of a workspace, up to a limit; how many.
with gone as (
    delete from runs where ctid = any(array(
        select ctid from runs where workspace_id = $1 and ended_at is not null limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_garbage_artifacts
-- Forgets collected artifacts of a workspace, up to a limit; how many.
with gone as (
    delete from garbage_artifacts where ctid = any(array(
        select ctid from garbage_artifacts where workspace_id = $1 limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;

-- name: remove_garbage_blobs
-- Forgets garbage of a workspace, up to a limit; how many.
with gone as (
    delete from garbage_blobs where ctid = any(array(
        select ctid from garbage_blobs where workspace_id = $1 limit $2
    ))
    returning 1
)
select count(*)::int as removed from gone;
