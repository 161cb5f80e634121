-- migrate:up

alter table pools add column voices text[] not null default '{}';

-- voice is the studio's own choice, kept from the first revision or plan on; look and what is added here were
-- edited by people, except auto_look and last_revision, which each new revision sets. Empty or null: not edited.
alter table cast_members
    add column auto_look text not null default '',
    add column aliases text[] not null default '{}',
    add column display_name text not null default '',
    add column edited_voice text not null default '',
    add column edited_seed bigint check (edited_seed > 0),
    add column language text not null default '',
    add column last_revision integer not null default 0,
    add column version bigint not null default 1;

create table locations (
    workspace_id uuid not null,
    project_id uuid not null,
    name text not null,
    name_sha256 bytea not null check (octet_length(name_sha256) = 32),
    ordinal integer not null,
    place text not null check (place in ('INT', 'EXT', 'INT_EXT')),
    auto_look text not null default '',
    look text not null default '',
    edited_seed bigint check (edited_seed > 0),
    last_revision integer not null,
    version bigint not null default 1,
    -- A heading may be longer than an index holds.
    primary key (workspace_id, project_id, name_sha256),
    foreign key (workspace_id, project_id) references projects on delete cascade
);

create table job_castings (
    job_id uuid primary key references jobs on delete cascade,
    casting bytea not null
);

-- migrate:down

drop table job_castings, locations;
alter table cast_members
    drop column auto_look,
    drop column aliases,
    drop column display_name,
    drop column edited_voice,
    drop column edited_seed,
    drop column language,
    drop column last_revision,
    drop column version;
alter table pools drop column voices;
