-- name: edit_documents
-- The documents of a project as they were after an edit; those that were empty or not there yet are left out.
select d.kind, d.subject, found.sequence, found.content
from edit_documents d cross join lateral (
    select d.sequence, d.content where d.sequence <= $3
    union all
    (
        select c.sequence, c.after from edit_changes c
        where d.sequence > $3 and c.workspace_id = $1 and c.project_id = $2
            and c.kind = d.kind and c.subject = d.subject and c.sequence <= $3
        order by c.sequence desc
        limit 1
    )
) as found (sequence, content)
where d.workspace_id = $1 and d.project_id = $2 and found.content <> ''
order by d.kind, d.subject
limit $4;

-- name: edit_document
-- One document as it is now.
select content, sequence from edit_documents
where workspace_id = $1 and project_id = $2 and kind = $3 and subject = $4;

-- name: count_edit_documents
-- How many documents a project has, counted to a limit.
select count(*) from (
    select from edit_documents where workspace_id = $1 and project_id = $2 limit $3
) as counted;

-- name: insert_edit
-- Appends an edit; the project row is locked by the caller.
insert into edits (workspace_id, project_id, sequence, action, target, undo_top, redo_top, author, summary,
                   created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning *;

-- name: insert_edit_changes
-- Appends an edit's changes.
insert into edit_changes (workspace_id, project_id, sequence, kind, subject, before, after)
select $1, $2, $3, kind, subject, before, after
from unnest($4::text[], $5::text[], $6::bytea[], $7::bytea[]) as changed (kind, subject, before, after);

-- name: upsert_edit_documents
-- Brings the documents to an edit's changes.
insert into edit_documents (workspace_id, project_id, sequence, kind, subject, content)
select $1, $2, $3, kind, subject, content
from unnest($4::text[], $5::text[], $6::bytea[]) as changed (kind, subject, content)
on conflict (workspace_id, project_id, kind, subject) do update
set sequence = excluded.sequence, content = excluded.content;

-- name: set_edit_sequence
-- Counts a project's edits; its row is locked by the caller.
update projects set edit_sequence = $3 where workspace_id = $1 and project_id = $2;

-- name: edit
-- One edit.
select * from edits where workspace_id = $1 and project_id = $2 and sequence = $3;

-- name: edits_page
-- A page of a project's edits, the newest first, before a sequence (0: from the newest).
select * from edits
where workspace_id = $1 and project_id = $2 and ($3::bigint = 0 or sequence < $3)
order by sequence desc
limit $4;

-- name: changes_of_edits
-- What some edits changed.
select * from edit_changes
where workspace_id = $1 and project_id = $2 and sequence = any($3::bigint[])
order by sequence, kind, subject;

-- name: subjects_of_edits
-- What some edits changed, without the documents: of each edit so many subjects, and how many it has.
select sequence, kind, subject, subjects from (
    select sequence, kind, subject,
           row_number() over (partition by sequence order by kind, subject) as place,
           count(*) over (partition by sequence) as subjects
    from edit_changes
    where workspace_id = $1 and project_id = $2 and sequence = any($3::bigint[])
) as placed
where place <= $4
order by sequence, place;

-- name: changes_of_subjects
-- How some documents of two kinds came to what they are, the newest change first.
select sequence, kind, subject, after from edit_changes
where workspace_id = $1 and project_id = $2 and kind = any($3::text[]) and subject = any($4::text[])
order by sequence desc, kind, subject
limit $5;

-- name: shot_artifacts
-- What a project's newest jobs made of a shot, or found made, the newest first.
select j.job_id, j.edit_sequence, j.created_at, t.number, t.kind, t.content_key, a.digest, a.length_ms, a.manifest
from (
    select job_id, edit_sequence, created_at from jobs
    where workspace_id = $1 and project_id = $2
    order by job_id desc
    limit $4
) as j
join tasks t on t.job_id = j.job_id and t.shot_id = $3 and t.content_key is not null
join artifacts a on a.workspace_id = $1 and a.content_key = t.content_key
order by j.job_id desc, t.number
limit $5;
