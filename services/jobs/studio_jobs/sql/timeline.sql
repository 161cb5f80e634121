-- name: clip_lengths
-- How long each shot's clip was in the newest of a project's last jobs, up to a limit, that made it.
select distinct on (t.shot_id) t.shot_id, a.length_ms
from (
    select job_id from jobs where workspace_id = $1 and project_id = $2 order by job_id desc limit $3
) as j
join tasks t on t.job_id = j.job_id and t.kind = 2 and t.state = 'DONE'
join artifacts a on a.workspace_id = $1 and a.content_key = t.content_key
order by t.shot_id, j.job_id desc;
