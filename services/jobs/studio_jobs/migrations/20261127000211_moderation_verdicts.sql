-- migrate:up

-- What was judged, by its digest; category is empty for what passed.
create table moderation_verdicts (
    workspace_id uuid not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    policy text not null check (char_length(policy) between 1 and 250),
    subject text not null check (subject in ('texts', 'picture')),
    category text not null check (char_length(category) <= 200),
    scene integer not null check (scene >= 0),
    line integer not null check (line >= 0),
    judged_at timestamptz not null,
    primary key (workspace_id, sha256, policy)
);

-- migrate:down

drop table moderation_verdicts;
