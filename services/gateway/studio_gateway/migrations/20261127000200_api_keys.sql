-- migrate:up

-- A key acts as its user in one workspace; its secret is kept as a digest alone.
create table api_keys (
    key_id uuid primary key,
    user_id uuid not null references users on delete cascade,
    workspace_id uuid not null references workspaces on delete cascade,
    display_name text not null check (char_length(display_name) between 1 and 100),
    scopes text[] not null check (cardinality(scopes) between 1 and 100),
    digest bytea not null unique check (octet_length(digest) = 32),
    hint text not null check (char_length(hint) <= 20),
    request_id uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    unique (user_id, request_id)
);

create index api_keys_by_workspace on api_keys (workspace_id);
create index api_keys_by_expiry on api_keys (expires_at);

-- migrate:down

drop table api_keys;
