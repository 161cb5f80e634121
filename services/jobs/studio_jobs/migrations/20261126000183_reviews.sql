-- migrate:up

-- A comment that answers another has no place of its own; every other is about a moment, a shot or a line.
create table comments (
    workspace_id uuid not null,
    project_id uuid not null,
    comment_id uuid not null,
    parent_id uuid,
    author uuid not null,
    text text not null check (char_length(text) between 1 and 4000),
    job_id uuid,
    at_ms integer check (at_ms >= 0),
    shot_id text,
    revision integer,
    line integer check (line >= 1),
    line_text text check (char_length(line_text) <= 500),
    created_at timestamptz not null,
    resolved_at timestamptz,
    resolver uuid,
    primary key (workspace_id, project_id, comment_id),
    foreign key (workspace_id, project_id) references projects on delete cascade,
    foreign key (workspace_id, project_id, parent_id) references comments on delete cascade,
    check (num_nonnulls(parent_id, job_id, shot_id, revision) = 1),
    check ((job_id is null) = (at_ms is null)),
    check (num_nonnulls(revision, line, line_text) in (0, 3)),
    check ((resolved_at is null) = (resolver is null))
);

create index comments_of_parent on comments (workspace_id, project_id, parent_id, comment_id)
    where parent_id is not null;
create index comments_of_shot on comments (workspace_id, project_id, shot_id, comment_id)
    where shot_id is not null;
create index comments_of_job on comments (workspace_id, project_id, job_id, comment_id)
    where job_id is not null;

-- The last decision about each shot. The job may be gone; what it made of the shot is remembered all the same.
create table approvals (
    workspace_id uuid not null,
    project_id uuid not null,
    shot_id text not null,
    decision text not null check (decision in ('APPROVED', 'CHANGES_REQUESTED')),
    job_id uuid,
    kinds smallint[] not null,
    content_keys bytea[] not null,
    note text not null check (char_length(note) <= 4000),
    author uuid not null,
    decided_at timestamptz not null,
    primary key (workspace_id, project_id, shot_id),
    foreign key (workspace_id, project_id) references projects on delete cascade,
    check (cardinality(kinds) = cardinality(content_keys)),
    check (decision <> 'APPROVED' or (job_id is not null and cardinality(kinds) > 0))
);

-- migrate:down

drop table approvals, comments;
