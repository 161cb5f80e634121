-- migrate:up

create table shares (
    share_id uuid primary key,
    workspace_id uuid not null,
    job_id uuid not null,
    title text not null check (char_length(title) between 1 and 200),
    token_hash bytea not null unique check (octet_length(token_hash) = 32),
    password_hash text check (char_length(password_hash) <= 300),
    expires_at timestamptz,
    views bigint not null default 0,
    request_id uuid,
    created_by uuid not null,
    created_at timestamptz not null
);

create index shares_of_workspace on shares (workspace_id, share_id);
create unique index shares_by_request on shares (workspace_id, request_id) where request_id is not null;

-- migrate:down

drop table shares;
