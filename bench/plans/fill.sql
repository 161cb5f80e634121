-- name: disable_triggers
-- Rows are born in the states that they would have come to.
alter table jobs disable trigger user;

-- name: make_ids
-- Ids that can be told from a number, in the order of time as UUIDv7 are.
create function numbered(kind text, number bigint) returns uuid language sql immutable as $$
    select (kind || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
$$;

-- name: pools
-- Seven pools.
insert into pools (pool, kind, engine, deterministic, replicas_max, slots, lease_ms, first_seen_at, last_seen_at)
select 'pool-' || kind, kind, '\x00', true, 10, 4, 10000, now(), now() from generate_series(1, 7) as kind;

-- name: paces
-- Runs of a thousand engines, of many sizes and lengths.
insert into paces (engine, kind, size_class, length_class, samples, updated_at)
select 'engine-' || i % 1000, 1, i / 1000 % 20, i / 20000, array_fill(500, array[40]), now()
from generate_series(1, $1::bigint) as i;

-- name: projects
-- A project a row, of 50 workspaces.
insert into projects (workspace_id, project_id, display_name, latest_revision, created_at, updated_at)
select numbered('00000001', i % 50), numbered('00000002', i), 'Film ' || i, 1, now(), now()
from generate_series(1, $1::bigint) as i;

-- name: screenplay_revisions
-- A text a project.
insert into screenplay_revisions (workspace_id, project_id, number, format, content, sha256, created_at)
select numbered('00000001', i % 50), numbered('00000002', i), 1, 1, '\x20', md5(i::text), now()
from generate_series(1, $1::bigint) as i;

-- name: edits
-- An edit a project.
insert into edits (workspace_id, project_id, sequence, action, target, undo_top, redo_top, author, summary, created_at)
select numbered('00000001', i % 50), numbered('00000002', i), 1, 'EDIT', 0, 1, 0, numbered('00000001', i % 50),
       'text', now()
from generate_series(1, $1::bigint) as i;

-- name: edit_changes
-- A change an edit.
insert into edit_changes (workspace_id, project_id, sequence, kind, subject, before, after)
select workspace_id, project_id, sequence, 'shot', 'opening', '', repeat('d', 100)::bytea from edits;

-- name: edit_documents
-- What the changes came to.
insert into edit_documents (workspace_id, project_id, sequence, kind, subject, content)
select workspace_id, project_id, sequence, kind, subject, after from edit_changes;

-- name: cast_members
-- A character a project.
insert into cast_members (workspace_id, project_id, name, ordinal, voice)
select numbered('00000001', i % 50), numbered('00000002', i), 'MARA', 1, 'af_heart'
from generate_series(1, $1::bigint) as i;

-- name: locations
-- A place a project.
insert into locations (workspace_id, project_id, name, name_sha256, ordinal, place, last_revision)
select numbered('00000001', i % 50), numbered('00000002', i), 'PIER', sha256(('place' || i)::bytea), 1, 'EXT', 1
from generate_series(1, $1::bigint) as i;

-- name: jobs
-- A job a project: the newest of a thousand wait for a planner, 29 more are at work, the others have ended.
insert into jobs (job_id, workspace_id, project_id, revision, request_id, request_digest, options, state, sequence,
                  failure_reason, created_at, updated_at, ended_at)
select numbered('00000003', i), numbered('00000001', i % 50), numbered('00000002', i), 1, gen_random_uuid(), '',
       '\x', state, 10, case state when 'FAILED' then 1 else 0 end, at, at,
       case when state in ('COMPLETED', 'FAILED') then at end
from (
    select i, now() - ($1::bigint - i) * interval '1 minute' as at,
           case when i > $1::bigint * 0.999 then 'PENDING' when i > $1::bigint * 0.97 then 'PROCESSING'
                when i % 30 = 0 then 'FAILED' else 'COMPLETED' end as state
    from generate_series(1, $1::bigint) as i
) as made;

-- name: job_castings
-- What each job but the one before the sample's was created with.
insert into job_castings (job_id, casting)
select numbered('00000003', i), '\x00' from generate_series(1, $1::bigint) as i
where i <> $1::bigint - $1::bigint / 100 - 1;

-- name: tasks
-- Ten tasks for each of the newest tenth of the jobs; those at work have every state.
insert into tasks (job_id, number, workspace_id, kind, pool, display_name, plan_key, spec, state, open_inputs,
                   content_key, run_id)
select numbered('00000003', job), number, numbered('00000001', job % 50), kind, 'pool-' || kind, 'task',
       sha256(('plan' || i)::bytea), repeat('s', 200)::bytea, state,
       case when state = 'BLOCKED' then 1 else 0 end,
       case when state <> 'BLOCKED' then sha256(('content' || i)::bytea) end,
       case when state <> 'BLOCKED' then numbered('00000004', i) end
from (
    select i, job, number, 1 + number % 7 as kind,
           case when job <= $1::bigint * 0.97 or number <= 3 then 'DONE' when number <= 5 then 'WAITING'
                when number = 6 then 'RUNNING' else 'BLOCKED' end as state
    from (
        select i, $1::bigint - (i - 1) / 10 as job, (1 + (i - 1) % 10)::int as number
        from generate_series(1, $1::bigint) as i
    ) as numbers
) as made
order by job;

-- name: task_inputs
-- A chain: each task needs the one before it.
insert into task_inputs (job_id, number, role, producer, uses)
select job_id, number, 'input', greatest(number - 1, 1), 1 from tasks;

-- name: runs
-- A run a task, where it has one; the rest of the rows ended before.
insert into runs (run_id, workspace_id, content_key, kind, pool, state, dispatch, body, created_at, ready_at,
                  dispatched_at, ended_at)
select numbered('00000004', i), coalesce(t.workspace_id, numbered('00000001', i % 50)),
       sha256(('content' || i)::bytea), coalesce(t.kind, 1), coalesce(t.pool, 'pool-1'),
       case t.state when 'WAITING' then 'WAITING' when 'RUNNING' then 'DISPATCHED' else 'SUCCEEDED' end,
       case t.state when 'WAITING' then 0 else 1 end, repeat('b', 300)::bytea, now(), now(), now(),
       case when t.state is null or t.state = 'DONE' then now() end
from generate_series(1, $1::bigint) as i left join tasks t on t.run_id = numbered('00000004', i);

-- name: artifacts
-- An artifact a row, of done tasks first.
insert into artifacts (workspace_id, content_key, kind, generation, digest, manifest, length_ms, frames, created_at)
select workspace_id, content_key, 1, 0, md5(run_id::text), repeat('m', 300)::bytea, 1000, 24, now()
from runs where state = 'SUCCEEDED';

-- name: mark_artifacts
-- Half of the artifacts have no reference.
update artifacts set blobs_noted = true,
    unreferenced_since = case when get_byte(content_key, 0) % 2 = 0 then created_at - interval '8 days' end;

-- name: artifact_blobs
-- A blob an artifact.
insert into artifact_blobs (workspace_id, content_key, sha256, size_bytes)
select workspace_id, content_key, sha256('blob'::bytea || content_key), 1000 from artifacts;

-- name: library
-- An entry a row, of 50 workspaces.
insert into library_entries (workspace_id, entry_id, display_name, kind, created_at, updated_at)
select numbered('00000001', i % 50), numbered('0000000a', i), 'Entry ' || i, 'look', now(), now()
from generate_series(1, $1::bigint) as i;

-- name: shares
-- A share a row, of 50 workspaces.
insert into shares (share_id, workspace_id, job_id, title, token_hash, created_by, created_at)
select numbered('0000000d', i), numbered('00000001', i % 50), numbered('00000003', i), 'Film',
    sha256(i::text::bytea), numbered('00000001', 0), now()
from generate_series(1, $1::bigint) as i;

-- name: uploads
-- An upload a row, of 50 workspaces; one in ten has ended.
insert into uploads (upload_id, workspace_id, kind, size_bytes, media_type, sha256, expires_at, created_by, created_at)
select numbered('0000000f', i), numbered('00000001', i % 50), 4, 1000, 'audio/wav', sha256(i::text::bytea),
    now() + case when i % 10 = 0 then interval '-1 day' else interval '1 day' end, numbered('00000001', 0), now()
from generate_series(1, $1::bigint) as i;

-- name: moderation_verdicts
-- A verdict a row, of 50 workspaces.
insert into moderation_verdicts (workspace_id, sha256, policy, subject, category, scene, line, judged_at)
select numbered('00000001', i % 50), sha256(i::text::bytea), 'local', 'texts', '', 0, 0, now()
from generate_series(1, $1::bigint) as i;

-- name: webhooks
-- As many webhooks as rows, of 50 workspaces: most are not told of what fails.
insert into webhooks (webhook_id, workspace_id, url, event_types, display_name, secret, leased_until,
    created_at, updated_at)
select numbered('0000000b', i), numbered('00000001', i % 50), 'https://example.com', '{job.completed}', '',
    sha256(i::text::bytea), now(), now(), now()
from generate_series(1, $1::bigint) as i;

-- name: webhook_deliveries
-- Ten messages to each of a tenth of them; one in a hundred webhooks has one that waits.
insert into webhook_deliveries (webhook_id, message_id, event_type, job_id, body, state, next_attempt_at,
    created_at)
select numbered('0000000b', i), numbered('0000000c', i * 10 + n), 'job.completed', numbered('00000003', i), '{}',
    case when i % 100 = 0 and n = 0 then 'WAITING' else 'DELIVERED' end, now(), now()
from generate_series(10, $1::bigint, 10) as i cross join generate_series(0, 9) as n;

-- name: held_artifacts
-- Half of the artifacts are held, but none of the workspace that is purged.
insert into held_artifacts (workspace_id, project_id, content_key, held_at)
select a.workspace_id, p.project_id, a.content_key, now()
from artifacts a join lateral (
    select project_id from projects p where p.workspace_id = a.workspace_id limit 1
) as p on true
where get_byte(a.content_key, 1) % 2 = 0 and a.workspace_id <> numbered('00000001', 0);

-- name: library_files
-- A tenth of the artifacts are files of an entry, but none of the workspace that is purged.
insert into library_files (workspace_id, entry_id, content_key, held_at)
select a.workspace_id, e.entry_id, a.content_key, now()
from artifacts a join lateral (
    select entry_id from library_entries e where e.workspace_id = a.workspace_id limit 1
) as e on true
where get_byte(a.content_key, 1) % 10 = 0 and a.workspace_id <> numbered('00000001', 0);

-- name: garbage_artifacts
-- A collected artifact a row, half of them deleted.
insert into garbage_artifacts (workspace_id, content_key, generation, kind, collected_at, deleted_at)
select numbered('00000001', i % 50), sha256(('gone' || i)::bytea), 0, 1, now() - interval '30 days',
       case when i % 2 = 0 then now() - interval '20 days' end
from generate_series(1, $1::bigint) as i;

-- name: garbage_blobs
-- A blob a row: waiting, condemned and deleted ones.
insert into garbage_blobs (workspace_id, sha256, size_bytes, found_at, condemned_at, deleted_at)
select numbered('00000001', i % 50), sha256(('blob' || i)::bytea), 1000, now() - interval '30 days',
       case when i % 3 > 0 then now() - interval '29 days' end,
       case when i % 3 > 1 then now() - interval '20 days' end
from generate_series(1, $1::bigint) as i;

-- name: workspace_quotas
-- A workspace with limits of its own a row.
insert into workspace_quotas (workspace_id, gpu_seconds_max, updated_at)
select numbered('00000001', i), 3600, now() from generate_series(1, $1::bigint) as i;

-- name: run_usage
-- Many months of fifty workspaces.
insert into run_usage (workspace_id, month, run_ms)
select numbered('00000001', i % 50), (date '2000-01-01' + make_interval(months => (i / 50)::int))::date, 1000
from generate_series(1, $1::bigint) as i;

-- name: resolutions
-- What the plan keys of artifacts came to.
insert into resolutions (workspace_id, plan_key, content_key, created_at)
select numbered('00000001', i % 50), sha256(('plan' || i)::bytea), sha256(('content' || i)::bytea), now()
from generate_series(1, $1::bigint) as i;

-- name: job_events
-- Ten events for each of the newest tenth of the jobs.
insert into job_events (job_id, sequence, payload, created_at)
select numbered('00000003', $1::bigint - (i - 1) / 10), 1 + (i - 1) % 10, repeat('e', 300)::bytea, now()
from generate_series(1, $1::bigint) as i;

-- name: due_jobs
-- As many looks at jobs as an advancer finds after a long absence.
insert into due_jobs (job_id, run_id)
select numbered('00000003', $1::bigint - i % greatest($1::bigint / 40, 1)), null
from generate_series(1, $1::bigint) as i;

-- name: outbox
-- As many messages as a relay finds after a long absence.
insert into outbox (id, subject, payload, created_at)
select numbered('00000005', i), 'studio.tasks.still.' || i, repeat('o', 300)::bytea, now()
from generate_series(1, $1::bigint) as i;
