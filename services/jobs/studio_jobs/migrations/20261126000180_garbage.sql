-- migrate:up

-- Which blobs an artifact has (docs/garbage.md). Rows from before this table are noted by the collector.
create table artifact_blobs (
    workspace_id uuid not null,
    content_key bytea not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    size_bytes bigint not null check (size_bytes >= 0),
    primary key (workspace_id, content_key, sha256),
    foreign key (workspace_id, content_key) references artifacts on delete cascade
);

create index artifact_blobs_by_blob on artifact_blobs (workspace_id, sha256);

alter table artifacts
    add column unreferenced_since timestamptz,
    add column blobs_noted boolean not null default false;

create index artifacts_unreferenced on artifacts (unreferenced_since) where unreferenced_since is not null;
create index artifacts_to_note on artifacts (workspace_id, content_key) where not blobs_noted;

create index tasks_by_content on tasks (workspace_id, content_key) where content_key is not null;
create index resolutions_by_content on resolutions (workspace_id, content_key);
create index runs_by_key on runs (workspace_id, content_key);
create index runs_by_body on runs (workspace_id, body_sha256)
    where body_sha256 is not null and state in ('WAITING', 'DISPATCHED');

create table garbage_artifacts (
    workspace_id uuid not null,
    content_key bytea not null,
    generation integer not null,
    kind smallint not null,
    collected_at timestamptz not null,
    deleted_at timestamptz,
    primary key (workspace_id, content_key, generation)
);

create index garbage_artifacts_to_delete on garbage_artifacts (collected_at) where deleted_at is null;
create index garbage_artifacts_to_forget on garbage_artifacts (deleted_at) where deleted_at is not null;

create table garbage_blobs (
    workspace_id uuid not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    size_bytes bigint not null,
    found_at timestamptz not null,
    condemned_at timestamptz,
    deleted_at timestamptz,
    primary key (workspace_id, sha256),
    check (deleted_at is null or condemned_at is not null)
);

create index garbage_blobs_to_condemn on garbage_blobs (found_at) where condemned_at is null;
create index garbage_blobs_to_delete on garbage_blobs (condemned_at)
    where condemned_at is not null and deleted_at is null;
create index garbage_blobs_to_forget on garbage_blobs (deleted_at) where deleted_at is not null;

-- How far each walk has come; empty at its beginning.
create table garbage_walks (
    name text primary key,
    place text not null,
    next_at timestamptz not null
);

-- migrate:down

drop table garbage_walks, garbage_blobs, garbage_artifacts;
drop index runs_by_body, runs_by_key, resolutions_by_content, tasks_by_content;
alter table artifacts drop column unreferenced_since, drop column blobs_noted;
drop table artifact_blobs;
