-- name: made_by_plan_keys
-- What plan keys came to, as far as it is there.
select r.plan_key, a.digest, a.length_ms from resolutions r
join artifacts a on a.workspace_id = r.workspace_id and a.content_key = r.content_key
where r.workspace_id = $1 and r.plan_key = any($2::bytea[]);
