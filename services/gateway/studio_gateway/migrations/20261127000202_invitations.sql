-- migrate:up

alter table users add column role text not null default 'user' check (role in ('user', 'admin'));

-- Into a workspace with a role, or, with neither, to make an account. The token is kept as a digest alone.
create table invitations (
    invitation_id uuid primary key,
    inviter uuid not null references users on delete cascade,
    workspace_id uuid references workspaces on delete cascade,
    role text check (role in ('owner', 'editor', 'reviewer', 'viewer')),
    email text check (email = lower(email) and char_length(email) between 1 and 254),
    digest bytea not null unique check (octet_length(digest) = 32),
    request_id uuid,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    accepted_by uuid,
    accepted_at timestamptz,
    check ((workspace_id is null) = (role is null)),
    check ((accepted_by is null) = (accepted_at is null)),
    unique (inviter, request_id)
);

create index invitations_by_workspace on invitations (workspace_id, invitation_id);
create index invitations_by_expiry on invitations (expires_at);

-- migrate:down

drop table invitations;
alter table users drop column role;
