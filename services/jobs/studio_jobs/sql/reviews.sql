-- name: insert_comment
-- Keeps a comment; the project row is locked by the caller.
insert into comments (workspace_id, project_id, comment_id, parent_id, author, text, job_id, at_ms, shot_id,
                      revision, line, line_text, created_at, request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
returning *;

-- name: comment_by_request
-- The comment that a request id made.
select * from comments where workspace_id = $1 and project_id = $2 and request_id = $3;

-- name: count_comments
-- How many comments a project has, counted to a limit.
select count(*)::int from (select from comments where workspace_id = $1 and project_id = $2 limit $3) as counted;

-- name: count_replies
-- How many answers a comment has, counted to a limit.
select count(*)::int from (
    select from comments where workspace_id = $1 and project_id = $2 and parent_id = $3 limit $4
) as counted;

-- name: comment
-- One comment.
select * from comments where workspace_id = $1 and project_id = $2 and comment_id = $3;

-- name: comments_page
-- A page of a project's comments without answers, the oldest first, after an id; of a shot, a job, or resolved or not.
select * from comments
where workspace_id = $1 and project_id = $2 and parent_id is null
  and ($3::uuid is null or comment_id > $3)
  and ($4::text = '' or shot_id = $4)
  and ($5::uuid is null or job_id = $5)
  and ($6::boolean is null or (resolved_at is not null) = $6)
order by comment_id
limit $7;

-- name: replies
-- The answers to some comments, the oldest first.
select * from comments
where workspace_id = $1 and project_id = $2 and parent_id = any($3::uuid[])
order by comment_id;

-- name: resolve_comment
-- Resolves a comment that answers none, or opens it again; whoever resolved it first stays.
update comments
set resolved_at = case when $4 then coalesce(resolved_at, $5) end,
    resolver = case when $4 then coalesce(resolver, $6::uuid) end
where workspace_id = $1 and project_id = $2 and comment_id = $3 and parent_id is null
returning *;

-- name: delete_comment
-- Deletes a comment with its answers, an author's own (null: anybody's).
delete from comments
where workspace_id = $1 and project_id = $2 and comment_id = $3 and ($4::uuid is null or author = $4)
returning comment_id;

-- name: texts_of_revisions
-- The texts of some revisions.
select number, content from screenplay_revisions
where workspace_id = $1 and project_id = $2 and number = any($3::integer[]);

-- name: shots_made_last
-- What the newest of a project's last completed jobs, up to a limit, that has a shot made it of; of one job, or of all.
with newest as (
    select distinct on (t.shot_id) t.shot_id, t.job_id
    from (
        select job_id from jobs
        where workspace_id = $1 and project_id = $2 and state = 'COMPLETED' and deleted_at is null
          and ($4::uuid is null or job_id = $4)
        order by job_id desc
        limit $5
    ) as j
    join tasks t on t.job_id = j.job_id and t.shot_id = any($3::text[]) and t.state = 'DONE'
    order by t.shot_id, j.job_id desc
)
select n.shot_id, n.job_id, array_agg(t.kind order by t.number) as kinds,
       array_agg(t.content_key order by t.number) as content_keys, array_agg(a.digest order by t.number) as digests
from newest n
join tasks t on t.job_id = n.job_id and t.shot_id = n.shot_id and t.state = 'DONE'
join artifacts a on a.workspace_id = t.workspace_id and a.content_key = t.content_key
group by n.shot_id, n.job_id;

-- name: decide
-- Notes the last decision about a shot.
insert into approvals (workspace_id, project_id, shot_id, decision, job_id, kinds, content_keys, digests, note,
                       author, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (workspace_id, project_id, shot_id) do update
set decision = excluded.decision, job_id = excluded.job_id, kinds = excluded.kinds,
    content_keys = excluded.content_keys, digests = excluded.digests, note = excluded.note,
    author = excluded.author, decided_at = excluded.decided_at
returning *;

-- name: approvals_page
-- A page of a project's decisions by the shots' ids, after one.
select * from approvals
where workspace_id = $1 and project_id = $2 and shot_id > $3
order by shot_id
limit $4;

-- name: approval
-- The last decision about a shot.
select * from approvals where workspace_id = $1 and project_id = $2 and shot_id = $3;
