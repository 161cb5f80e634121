-- name: clip_lengths
-- How long each shot's clip was in the newest of a project's last jobs, up to a limit, that made it.
select distinct on (t.shot_id) t.shot_id, a.length_ms
from (
    select job_id from jobs where workspace_id = $1 and project_id = $2 order by job_id desc limit $3
) as j
join tasks t on t.job_id = j.job_id and t.kind = 2 and t.state = 'DONE'
join artifacts a on a.workspace_id = $1 and a.content_key = t.content_key
order by t.shot_id, j.job_id desc;

-- name: shot_tasks
-- What some jobs planned of a shot, and what came of it.
select t.job_id, t.number, t.kind, t.spec, t.state, t.content_key, a.manifest from tasks t
left join artifacts a on a.workspace_id = t.workspace_id and a.content_key = t.content_key
where t.workspace_id = $1 and t.job_id = any($2::uuid[]) and t.shot_id = $3
order by t.job_id desc, t.number;

-- name: cuts_of_job
-- The cuts of a job as they were planned.
select spec from tasks where workspace_id = $1 and job_id = $2 and kind = 6 order by number;

-- name: give_artifacts
-- Lets artifacts be found by the keys of what is given, too.
insert into artifacts (workspace_id, content_key, kind, generation, digest, manifest, length_ms, frames, created_at)
select a.workspace_id, g.given_key, a.kind, a.generation, a.digest, a.manifest, a.length_ms, a.frames, $4
from unnest($2::bytea[], $3::bytea[]) as g (content_key, given_key)
join artifacts a on a.workspace_id = $1 and a.content_key = g.content_key
order by g.given_key
on conflict do nothing;

-- name: hold_artifacts
-- Notes that a project holds artifacts.
insert into held_artifacts (workspace_id, project_id, content_key, held_at)
select $1, $2, content_key, $4 from unnest($3::bytea[]) as h (content_key)
order by content_key
on conflict do nothing;

-- name: insert_artifact
-- Keeps an artifact that no run made, unless it is there.
insert into artifacts (workspace_id, content_key, kind, generation, digest, manifest, length_ms, frames, created_at)
values ($1, $2, $3, 0, $4, $5, $6, $7, $8)
on conflict do nothing;
