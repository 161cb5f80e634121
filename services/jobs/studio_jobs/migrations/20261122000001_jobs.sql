-- migrate:up

create table projects (
    workspace_id uuid not null,
    project_id uuid not null,
    display_name text not null check (char_length(display_name) between 1 and 200),
    version bigint not null default 1,
    latest_revision integer not null default 0 check (latest_revision >= 0),
    request_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (workspace_id, project_id)
);

create unique index projects_by_request on projects (workspace_id, request_id) where request_id is not null;

create table screenplay_revisions (
    workspace_id uuid not null,
    project_id uuid not null,
    number integer not null check (number >= 1),
    format smallint not null,
    content bytea not null check (octet_length(content) between 1 and 2097152),
    sha256 text not null,
    created_at timestamptz not null,
    primary key (workspace_id, project_id, number),
    foreign key (workspace_id, project_id) references projects on delete cascade
);

create unique index screenplay_revisions_by_digest
    on screenplay_revisions (workspace_id, project_id, sha256, format);

create table cast_members (
    workspace_id uuid not null,
    project_id uuid not null,
    name text not null,
    ordinal integer not null,
    voice text not null,
    look text not null default '',
    primary key (workspace_id, project_id, name),
    foreign key (workspace_id, project_id) references projects on delete cascade
);

create table job_transitions (
    from_state text not null,
    to_state text not null,
    primary key (from_state, to_state)
);

insert into job_transitions (from_state, to_state) values
    ('PENDING', 'VALIDATING'),
    ('VALIDATING', 'QUEUED'),
    ('QUEUED', 'PROCESSING'),
    ('PROCESSING', 'GENERATING_IMAGES'),
    ('GENERATING_IMAGES', 'GENERATING_VIDEO'),
    ('GENERATING_VIDEO', 'GENERATING_AUDIO'),
    ('GENERATING_AUDIO', 'COMPOSING'),
    ('COMPOSING', 'COMPLETED');

insert into job_transitions (from_state, to_state)
select distinct from_state, terminal
from job_transitions, unnest(array['FAILED', 'CANCELLED']) as terminal;

create table jobs (
    job_id uuid primary key,
    workspace_id uuid not null,
    project_id uuid not null,
    revision integer not null,
    request_id uuid,
    request_digest text not null,
    options bytea not null,
    state text not null default 'PENDING',
    version bigint not null default 1,
    sequence bigint not null default 0,
    cancel_requested boolean not null default false,
    retry_of uuid,
    planning_lease_until timestamptz,
    rekeyed boolean not null default false,
    stage_total integer[] not null default '{0,0,0,0}',
    stage_done integer[] not null default '{0,0,0,0}',
    stage_running integer[] not null default '{0,0,0,0}',
    stage_cached integer[] not null default '{0,0,0,0}',
    failure_reason smallint not null default 0,
    failure_stage smallint not null default 0,
    failure_text text not null default '',
    failure_log text not null default '',
    failure_field text not null default '',
    failure_line integer not null default 0,
    failure_shot_id text not null default '',
    film_key bytea,
    film_length_ms integer not null default 0,
    engines text[] not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    ended_at timestamptz,
    check ((ended_at is not null) = (state in ('COMPLETED', 'FAILED', 'CANCELLED'))),
    check ((failure_reason <> 0) = (state = 'FAILED'))
);

create index jobs_by_workspace on jobs (workspace_id, job_id);
create index jobs_by_project on jobs (workspace_id, project_id, job_id);
create unique index jobs_by_request on jobs (workspace_id, request_id) where request_id is not null;
create index jobs_to_plan on jobs (job_id) where state in ('PENDING', 'VALIDATING');
create index jobs_unfinished on jobs (updated_at) where ended_at is null;

create function refuse_illegal_job_move() returns trigger language plpgsql as $$
begin
    if old.state in ('COMPLETED', 'FAILED', 'CANCELLED') then
        raise exception 'job % is terminal and never moves', old.job_id using errcode = 'check_violation';
    end if;
    if not exists (select from job_transitions where from_state = old.state and to_state = new.state) then
        raise exception 'job % may not move from % to %', old.job_id, old.state, new.state
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger jobs_legal_moves before update of state on jobs
    for each row when (old.state is distinct from new.state) execute function refuse_illegal_job_move();

create function refuse_job_birth() returns trigger language plpgsql as $$
begin
    raise exception 'a job is born PENDING, not %', new.state using errcode = 'check_violation';
end $$;

create trigger jobs_born_pending before insert on jobs
    for each row when (new.state <> 'PENDING') execute function refuse_job_birth();

create table pools (
    pool text primary key check (pool ~ '^[a-z0-9-]{1,63}$'),
    kind smallint not null,
    engine bytea not null,
    deterministic boolean not null,
    width_max_px integer not null default 0,
    height_max_px integer not null default 0,
    price_micros_per_second bigint not null default 0,
    replicas_max integer not null check (replicas_max between 1 and 1000),
    slots integer not null check (slots between 1 and 64),
    lease_ms integer not null check (lease_ms between 500 and 3600000),
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null
);

create table runs (
    run_id uuid primary key,
    workspace_id uuid not null,
    content_key bytea not null check (octet_length(content_key) = 32),
    kind smallint not null,
    pool text not null references pools,
    state text not null default 'WAITING'
        check (state in ('WAITING', 'DISPATCHED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REKEYED')),
    dispatch integer not null default 0,
    failures integer not null default 0,
    generation integer not null default 0,
    priority integer not null default 0,
    cancel_requested_at timestamptz,
    body bytea,
    body_sha256 text,
    failure_reason text not null default '',
    failure_text text not null default '',
    failure_log text not null default '',
    created_at timestamptz not null,
    ready_at timestamptz not null,
    dispatched_at timestamptz,
    missing_since timestamptz,
    ended_at timestamptz,
    run_ms integer not null default 0,
    check ((body is null) <> (body_sha256 is null)),
    check ((ended_at is null) = (state in ('WAITING', 'DISPATCHED')))
);

create unique index runs_single_flight on runs (workspace_id, content_key)
    where state in ('WAITING', 'DISPATCHED');
create index runs_waiting on runs (pool, workspace_id, priority desc, run_id) where state = 'WAITING';
create index runs_in_flight on runs (pool, workspace_id) where state = 'DISPATCHED';
create index runs_to_sweep on runs (dispatched_at) where state = 'DISPATCHED';
create index runs_to_cancel on runs (cancel_requested_at)
    where state = 'DISPATCHED' and cancel_requested_at is not null;

create function refuse_run_resurrection() returns trigger language plpgsql as $$
begin
    raise exception 'run % is % and never moves', old.run_id, old.state using errcode = 'check_violation';
end $$;

create trigger runs_terminal before update of state on runs
    for each row when (old.ended_at is not null and old.state is distinct from new.state)
    execute function refuse_run_resurrection();

create table artifacts (
    workspace_id uuid not null,
    content_key bytea not null check (octet_length(content_key) = 32),
    kind smallint not null,
    generation integer not null,
    digest text not null,
    manifest bytea not null,
    length_ms integer not null,
    frames integer not null,
    created_at timestamptz not null,
    primary key (workspace_id, content_key)
);

create table resolutions (
    workspace_id uuid not null,
    plan_key bytea not null check (octet_length(plan_key) = 32),
    content_key bytea not null,
    created_at timestamptz not null,
    primary key (workspace_id, plan_key)
);

create table tasks (
    job_id uuid not null references jobs on delete cascade,
    number integer not null check (number >= 1),
    workspace_id uuid not null,
    kind smallint not null,
    pool text not null,
    display_name text not null,
    shot_id text not null default '',
    line_first integer not null default 0,
    line_last integer not null default 0,
    plan_key bytea not null,
    spec bytea not null,
    state text not null default 'BLOCKED'
        check (state in ('BLOCKED', 'WAITING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
    open_inputs integer not null check (open_inputs >= 0),
    cached boolean not null default false,
    content_key bytea,
    run_id uuid,
    primary key (job_id, number),
    check (state <> 'DONE' or content_key is not null)
);

create index tasks_by_run on tasks (run_id) where state in ('WAITING', 'RUNNING');
create index tasks_unlocked on tasks (job_id, number) where state = 'BLOCKED' and open_inputs = 0;
create index tasks_live on tasks (job_id) where state in ('WAITING', 'RUNNING');

create table task_inputs (
    job_id uuid not null,
    number integer not null,
    role text not null,
    producer integer not null,
    uses smallint not null,
    primary key (job_id, number, role),
    foreign key (job_id, number) references tasks on delete cascade
);

create index task_inputs_by_producer on task_inputs (job_id, producer);

create table job_events (
    job_id uuid not null references jobs on delete cascade,
    sequence bigint not null,
    payload bytea not null,
    created_at timestamptz not null,
    primary key (job_id, sequence)
);

create table due_jobs (
    id bigint generated always as identity primary key,
    job_id uuid not null,
    run_id uuid
);

create index due_jobs_by_job on due_jobs (job_id);

create table outbox (
    id uuid primary key,
    subject text not null,
    payload bytea not null,
    created_at timestamptz not null
);

-- migrate:down

drop table outbox, due_jobs, job_events, task_inputs, tasks, resolutions, artifacts, runs, pools, jobs,
    job_transitions, cast_members, screenplay_revisions, projects;
drop function refuse_illegal_job_move, refuse_job_birth, refuse_run_resurrection;
