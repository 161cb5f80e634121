-- name: lock_library
-- Takes turns at making entries of a workspace, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('library/' || $1::uuid, 0));

-- name: count_library_entries
-- How many entries a workspace has, counted up to a limit.
select count(*)::int from (select from library_entries where workspace_id = $1 limit $2) as counted;

-- name: library_entry_by_request
-- The entry that a request id made, with its newest content.
select e.*, v.content from library_entries e
join library_versions v on v.workspace_id = e.workspace_id and v.entry_id = e.entry_id
    and v.version = e.latest_version
where e.workspace_id = $1 and e.request_id = $2;

-- name: library_entry
-- One entry with its newest content.
select e.*, v.content from library_entries e
join library_versions v on v.workspace_id = e.workspace_id and v.entry_id = e.entry_id
    and v.version = e.latest_version
where e.workspace_id = $1 and e.entry_id = $2;

-- name: library_entries_of
-- Entries by id, with their newest contents.
select e.*, v.content from library_entries e
join library_versions v on v.workspace_id = e.workspace_id and v.entry_id = e.entry_id
    and v.version = e.latest_version
where e.workspace_id = $1 and e.entry_id = any($2::uuid[]);

-- name: library_page
-- A page of a workspace's entries by name, after a name.
select e.*, v.content from library_entries e
join library_versions v on v.workspace_id = e.workspace_id and v.entry_id = e.entry_id
    and v.version = e.latest_version
where e.workspace_id = $1 and e.display_name > $2
order by e.display_name
limit $3;

-- name: insert_library_entry
-- Makes an entry; nothing when the name is taken.
insert into library_entries (workspace_id, entry_id, display_name, kind, request_id, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $6)
on conflict (workspace_id, display_name) do nothing
returning entry_id;

-- name: insert_library_version
-- Adds a version to an entry, which is locked by the caller or new.
insert into library_versions (workspace_id, entry_id, version, content, author, created_at)
values ($1, $2, $3, $4, $5, $6);

-- name: lock_library_entry
-- One entry, locked against change.
select * from library_entries where workspace_id = $1 and entry_id = $2 for update;

-- name: set_latest_version
-- Points an entry at its newest version.
update library_entries set latest_version = $3, updated_at = $4 where workspace_id = $1 and entry_id = $2;

-- name: library_version
-- One version, with its entry's name.
select v.*, e.display_name from library_versions v
join library_entries e on e.workspace_id = v.workspace_id and e.entry_id = v.entry_id
where v.workspace_id = $1 and v.entry_id = $2 and v.version = $3;

-- name: library_versions_page
-- A page of an entry's versions, the newest first, before a number (0: from the newest).
select * from library_versions
where workspace_id = $1 and entry_id = $2 and ($3::integer = 0 or version < $3)
order by version desc
limit $4;

-- name: delete_library_entry
-- Deletes an entry with its versions.
delete from library_entries where workspace_id = $1 and entry_id = $2 returning entry_id;

-- name: library_files_there
-- Which of these files the workspace has; none is collected until the transaction ends.
select content_key from artifacts where workspace_id = $1 and content_key = any($2::bytea[])
order by content_key
for key share;

-- name: hold_library_files
-- Notes that an entry holds files.
insert into library_files (workspace_id, entry_id, content_key, held_at)
select $1, $2, content_key, $4 from unnest($3::bytea[]) as h (content_key)
order by content_key
on conflict do nothing;
