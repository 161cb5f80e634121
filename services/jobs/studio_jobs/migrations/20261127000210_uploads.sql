-- migrate:up

-- Files on their way: their bytes are in the store at uploads/<workspace>/<upload>/file.
create table uploads (
    upload_id uuid primary key,
    workspace_id uuid not null,
    kind smallint not null check (kind between 1 and 8),
    size_bytes integer not null check (size_bytes between 1 and 268435456),
    media_type text not null check (char_length(media_type) between 1 and 100),
    sha256 bytea not null check (octet_length(sha256) = 32),
    completed_at timestamptz,
    expires_at timestamptz not null,
    request_id uuid,
    created_by uuid not null,
    created_at timestamptz not null
);

create index uploads_of_workspace on uploads (workspace_id, expires_at);
create index uploads_by_end on uploads (expires_at);
create unique index uploads_by_request on uploads (workspace_id, request_id) where request_id is not null;

-- migrate:down

drop table uploads;
