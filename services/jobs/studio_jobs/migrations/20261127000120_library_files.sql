-- migrate:up

alter table library_entries drop constraint library_entries_kind_check;
alter table library_entries add constraint library_entries_kind_check check (
    kind in ('character', 'place', 'voice', 'look', 'caption_style', 'brand_kit', 'music')
);
alter table library_versions drop constraint library_versions_content_check;
-- Three files with their credits, in letters of four bytes.
alter table library_versions add constraint library_versions_content_check check (octet_length(content) <= 32768);

-- Logos, fonts and music that an entry's versions hold. They stay as long as the entry.
create table library_files (
    workspace_id uuid not null,
    entry_id uuid not null,
    content_key bytea not null,
    held_at timestamptz not null,
    primary key (workspace_id, entry_id, content_key),
    foreign key (workspace_id, entry_id) references library_entries on delete cascade,
    foreign key (workspace_id, content_key) references artifacts
);

create index library_files_by_key on library_files (workspace_id, content_key);

-- migrate:down

drop table library_files;
delete from library_entries where kind in ('caption_style', 'brand_kit', 'music');
alter table library_versions drop constraint library_versions_content_check;
alter table library_versions add constraint library_versions_content_check check (octet_length(content) <= 8192);
alter table library_entries drop constraint library_entries_kind_check;
alter table library_entries add constraint library_entries_kind_check check (
    kind in ('character', 'place', 'voice', 'look')
);
