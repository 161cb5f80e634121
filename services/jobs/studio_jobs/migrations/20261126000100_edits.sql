-- migrate:up

alter table projects add column edit_sequence bigint not null default 0;

-- The edits that a job was created with: all up to this one. 0 for jobs from before there was a log.
alter table jobs add column edit_sequence bigint not null default 0;

-- undo_top and redo_top are the stacks after this edit: which edit an undo takes back next, and which undo a redo
-- does; 0 for none. What lies below an edit on its stack is what was on top right before it.
create table edits (
    workspace_id uuid not null,
    project_id uuid not null,
    sequence bigint not null check (sequence > 0),
    action text not null check (action in ('EDIT', 'UNDO', 'REDO', 'RESTORE')),
    target bigint not null check (target >= 0 and target < sequence),
    undo_top bigint not null check (undo_top between 0 and sequence),
    redo_top bigint not null check (redo_top between 0 and sequence),
    author uuid not null,
    summary text not null check (char_length(summary) between 1 and 500),
    created_at timestamptz not null,
    primary key (workspace_id, project_id, sequence),
    foreign key (workspace_id, project_id) references projects on delete cascade
);

-- An empty document says that nothing of its subject is edited.
create table edit_changes (
    workspace_id uuid not null,
    project_id uuid not null,
    kind text not null check (kind ~ '^[a-z][a-z_]{0,39}$'),
    subject text not null check (char_length(subject) between 1 and 200),
    sequence bigint not null,
    before bytea not null,
    after bytea not null check (octet_length(after) <= 65536),
    primary key (workspace_id, project_id, kind, subject, sequence),
    foreign key (workspace_id, project_id, sequence) references edits on delete cascade
);

create index edit_changes_of_edit on edit_changes (workspace_id, project_id, sequence);

-- What the changes came to; sequence is the last one of a document.
create table edit_documents (
    workspace_id uuid not null,
    project_id uuid not null,
    kind text not null,
    subject text not null,
    content bytea not null,
    sequence bigint not null,
    primary key (workspace_id, project_id, kind, subject),
    foreign key (workspace_id, project_id) references projects on delete cascade
);

create function refuse_edit_change() returns trigger language plpgsql as $$
begin
    -- With its project an edit goes, too.
    if tg_op = 'DELETE' and not exists (
        select from projects where workspace_id = old.workspace_id and project_id = old.project_id
    ) then
        return old;
    end if;
    raise exception 'edit % of project % is never changed', old.sequence, old.project_id
        using errcode = 'check_violation';
end $$;

create trigger edits_append_only before update or delete on edits
    for each row execute function refuse_edit_change();
create trigger edit_changes_append_only before update or delete on edit_changes
    for each row execute function refuse_edit_change();

-- What was edited of casts before there was a log is its first edit, which no undo takes back.
create temporary table edited_before on commit drop as
select workspace_id, project_id, 'cast_member' as kind,
       left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 16) as subject,
       jsonb_strip_nulls(jsonb_build_object(
           'aliases', case when aliases <> '{}' then to_jsonb(aliases) end,
           'display_name', nullif(display_name, ''), 'look', nullif(look, ''), 'voice', nullif(edited_voice, ''),
           'seed', edited_seed, 'language', nullif(language, '')
       )) as fields
from cast_members
union all
select workspace_id, project_id, 'location', left(encode(name_sha256, 'hex'), 16),
       jsonb_strip_nulls(jsonb_build_object('look', nullif(look, ''), 'seed', edited_seed))
from locations;
delete from edited_before where fields = '{}';

insert into edits
select distinct workspace_id, project_id, 1, 'EDIT', 0, 0, 0, '00000000-0000-0000-0000-000000000000'::uuid,
       'cast and locations, as edited before there was a history', now()
from edited_before;
insert into edit_changes
select workspace_id, project_id, kind, subject, 1, '', convert_to(fields::text, 'UTF8') from edited_before;
insert into edit_documents (workspace_id, project_id, kind, subject, content, sequence)
select workspace_id, project_id, kind, subject, after, 1 from edit_changes;
update projects p set edit_sequence = 1
where exists (select from edits e where e.workspace_id = p.workspace_id and e.project_id = p.project_id);

-- migrate:down

drop table edit_documents, edit_changes, edits;
drop function refuse_edit_change();
alter table jobs drop column edit_sequence;
alter table projects drop column edit_sequence;
