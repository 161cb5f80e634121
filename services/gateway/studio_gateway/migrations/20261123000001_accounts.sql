-- migrate:up

create table users (
    user_id uuid primary key,
    email text not null unique check (email = lower(email) and char_length(email) between 1 and 254),
    display_name text not null check (char_length(display_name) between 1 and 100),
    password_hash text not null,
    created_at timestamptz not null,
    disabled_at timestamptz
);

create table workspaces (
    workspace_id uuid primary key,
    display_name text not null check (char_length(display_name) between 1 and 100),
    personal_of uuid unique references users on delete cascade,
    created_at timestamptz not null
);

create table members (
    workspace_id uuid not null references workspaces on delete cascade,
    user_id uuid not null references users on delete cascade,
    role text not null check (role in ('owner', 'editor', 'reviewer', 'viewer')),
    created_at timestamptz not null,
    primary key (workspace_id, user_id)
);

create index members_by_user on members (user_id);

-- Private keys stay in this schema: no other role may read it.
create table signing_keys (
    kid text primary key,
    private_key bytea not null check (octet_length(private_key) = 32),
    created_at timestamptz not null,
    retired_at timestamptz
);

create table secrets (
    name text primary key,
    value bytea not null check (octet_length(value) = 32)
);

-- A family is a session: the chain of refresh tokens that one sign-in began.
create table refresh_families (
    family_id uuid primary key,
    user_id uuid not null references users on delete cascade,
    created_at timestamptz not null,
    revoked_at timestamptz
);

create index refresh_families_by_user on refresh_families (user_id);

create table refresh_tokens (
    digest bytea primary key check (octet_length(digest) = 32),
    family_id uuid not null references refresh_families on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > created_at),
    spent_at timestamptz
);

create unique index refresh_tokens_one_unspent on refresh_tokens (family_id) where spent_at is null;
create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

-- migrate:down

drop table refresh_tokens;
drop table refresh_families;
drop table secrets;
drop table signing_keys;
drop table members;
drop table workspaces;
drop table users;
