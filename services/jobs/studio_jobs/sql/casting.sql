-- name: cast_members
-- The project's cast in the order of its first appearance.
select * from cast_members
where workspace_id = $1 and project_id = $2
order by ordinal, name
limit $3;

-- name: insert_cast_member
-- Adds a character; one that is there keeps its voice and look.
insert into cast_members (workspace_id, project_id, name, ordinal, voice, look)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- name: upsert_cast
-- Notes who speaks in a new revision; one that is there keeps its voice and what was edited.
insert into cast_members (workspace_id, project_id, name, ordinal, voice, auto_look, last_revision)
select $1, $2, name, ordinal, voice, look, $7
from unnest($3::text[], $4::int[], $5::text[], $6::text[]) as spoken (name, ordinal, voice, look)
order by name
on conflict (workspace_id, project_id, name) do update
set ordinal = excluded.ordinal, auto_look = excluded.auto_look, last_revision = excluded.last_revision;

-- name: update_cast_member
-- Writes what was edited of a character; the project row is locked by the caller.
update cast_members
set aliases = $4, display_name = $5, look = $6, edited_voice = $7, edited_seed = $8, language = $9,
    version = version + 1
where workspace_id = $1 and project_id = $2 and name = $3
returning *;

-- name: locations
-- The project's places in the order of their first scene.
select * from locations
where workspace_id = $1 and project_id = $2
order by ordinal, name_sha256
limit $3;

-- name: upsert_locations
-- Notes where a new revision plays; a place that is there keeps what was edited.
insert into locations (workspace_id, project_id, name, name_sha256, ordinal, place, auto_look, last_revision)
select $1, $2, name, name_sha256, ordinal, place, look, $8
from unnest($3::text[], $4::bytea[], $5::int[], $6::text[], $7::text[])
    as played (name, name_sha256, ordinal, place, look)
order by name_sha256
on conflict (workspace_id, project_id, name_sha256) do update
set ordinal = excluded.ordinal, place = excluded.place, auto_look = excluded.auto_look,
    last_revision = excluded.last_revision;

-- name: update_location
-- Writes what was edited of a place; the project row is locked by the caller.
update locations set look = $4, edited_seed = $5, version = version + 1
where workspace_id = $1 and project_id = $2 and name_sha256 = $3
returning *;

-- name: insert_job_casting
-- Pins a job's cast and locations.
insert into job_castings (job_id, casting) values ($1, $2);

-- name: job_casting
-- The cast and locations that a job was created with.
select casting from job_castings where job_id = $1;
