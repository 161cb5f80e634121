-- migrate:up

-- What the films of a workspace share; content is a library.v1.LibraryContent.
create table library_entries (
    workspace_id uuid not null,
    entry_id uuid not null,
    display_name text not null check (char_length(display_name) between 1 and 100),
    kind text not null check (kind in ('character', 'place', 'voice', 'look')),
    latest_version integer not null default 1 check (latest_version between 1 and 1000),
    request_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (workspace_id, entry_id),
    unique (workspace_id, display_name)
);

create unique index library_entries_by_request on library_entries (workspace_id, request_id)
    where request_id is not null;

create table library_versions (
    workspace_id uuid not null,
    entry_id uuid not null,
    version integer not null check (version between 1 and 1000),
    content bytea not null check (octet_length(content) <= 8192),
    author uuid not null,
    created_at timestamptz not null,
    primary key (workspace_id, entry_id, version),
    foreign key (workspace_id, entry_id) references library_entries on delete cascade
);

create function refuse_version_change() returns trigger language plpgsql as $$
begin
    raise exception 'version % of library entry % never changes', old.version, old.entry_id;
end
$$;

create trigger library_versions_stay before update on library_versions
    for each row execute function refuse_version_change();

-- migrate:down

drop table library_versions;
drop table library_entries;
drop function refuse_version_change;
