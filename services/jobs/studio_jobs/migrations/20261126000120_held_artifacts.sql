-- migrate:up

-- Artifacts that people hold: what locked shots keep. They stay as long as the project, for an undo may need them again.
create table held_artifacts (
    workspace_id uuid not null,
    project_id uuid not null,
    content_key bytea not null,
    held_at timestamptz not null,
    primary key (workspace_id, project_id, content_key),
    foreign key (workspace_id, project_id) references projects on delete cascade,
    foreign key (workspace_id, content_key) references artifacts
);

create index held_artifacts_by_key on held_artifacts (workspace_id, content_key);

-- migrate:down

drop table held_artifacts;
