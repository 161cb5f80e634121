-- name: insert_project
-- Makes a project; nothing when the request id is known already.
insert into projects (workspace_id, project_id, display_name, request_id, created_at, updated_at)
values ($1, $2, $3, $4, $5, $5)
on conflict (workspace_id, request_id) where request_id is not null do nothing
returning *;

-- name: project_by_request
-- The project that a request id made.
select * from projects where workspace_id = $1 and request_id = $2;

-- name: project
-- One project.
select * from projects where workspace_id = $1 and project_id = $2;

-- name: set_seed_origin
-- Lets a project's seeds follow from another id than its own, as long as it has no screenplay.
update projects set seed_origin = $3
where workspace_id = $1 and project_id = $2 and latest_revision = 0
returning *;

-- name: projects_page
-- A page of a workspace's projects, the newest first, after an id.
select * from projects
where workspace_id = $1 and ($2::uuid is null or project_id < $2)
order by project_id desc
limit $3;

-- name: rename_project
-- Renames a project when its version is still the given one (0: whatever it is).
update projects set display_name = $3, version = version + 1, updated_at = $4
where workspace_id = $1 and project_id = $2 and ($5::bigint = 0 or version = $5)
returning *;

-- name: lock_project
-- One project, locked against change.
select * from projects where workspace_id = $1 and project_id = $2 for update;

-- name: delete_project
-- Deletes a project with its screenplays and cast.
delete from projects where workspace_id = $1 and project_id = $2;

-- name: project_has_unfinished_job
-- Whether a job of the project is not at its end.
select exists (
    select from jobs where workspace_id = $1 and project_id = $2 and ended_at is null
);

-- name: revision_by_digest
-- The revision that holds a text already.
select * from screenplay_revisions
where workspace_id = $1 and project_id = $2 and sha256 = $3 and format = $4;

-- name: insert_revision
-- Keeps a text as the next revision; the project row is locked by the caller.
insert into screenplay_revisions (workspace_id, project_id, number, format, content, sha256, created_at,
                                  identities)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

-- name: set_latest_revision
-- Points the project at a revision.
update projects set latest_revision = $3, version = version + 1, updated_at = $4
where workspace_id = $1 and project_id = $2;

-- name: revision
-- One revision with its text.
select * from screenplay_revisions where workspace_id = $1 and project_id = $2 and number = $3;

-- name: revisions_page
-- A page of a project's revisions without their texts, the newest first, before a number (0: from the newest).
select project_id, number, format, octet_length(content) as size_bytes, sha256, created_at
from screenplay_revisions
where workspace_id = $1 and project_id = $2 and ($3::integer = 0 or number < $3)
order by number desc
limit $4;

-- name: next_revision_number
-- The number after the highest; the project row is locked by the caller.
select coalesce(max(number), 0) + 1 from screenplay_revisions where workspace_id = $1 and project_id = $2;
