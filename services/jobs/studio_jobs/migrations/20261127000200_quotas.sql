-- migrate:up

-- Limits of a workspace's own; null: the studio's. gpu_seconds_max 0: none.
create table workspace_quotas (
    workspace_id uuid primary key,
    unfinished_jobs_max integer check (unfinished_jobs_max between 1 and 100000),
    shots_per_film_max integer check (shots_per_film_max between 1 and 3000),
    gpu_seconds_max bigint check (gpu_seconds_max between 0 and 1000000000),
    updated_at timestamptz not null
);

-- What a workspace's successful runs took, by month in UTC.
create table run_usage (
    workspace_id uuid not null,
    month date not null,
    run_ms bigint not null check (run_ms >= 0),
    primary key (workspace_id, month)
);

insert into run_usage (workspace_id, month, run_ms)
select workspace_id, date_trunc('month', ended_at at time zone 'utc')::date, sum(run_ms) from runs
where state = 'SUCCEEDED'
group by 1, 2;

-- Once for each statement, with workspaces in order, so that two of them never wait for each other.
create function count_run_usage() returns trigger language plpgsql as $$
begin
    insert into run_usage as known (workspace_id, month, run_ms)
    select after.workspace_id, date_trunc('month', after.ended_at at time zone 'utc')::date, sum(after.run_ms)
    from ended_runs after join unended_runs before on before.run_id = after.run_id
    where after.state = 'SUCCEEDED' and before.state <> 'SUCCEEDED' and after.run_ms > 0
    group by 1, 2
    order by 1, 2
    on conflict (workspace_id, month) do update set run_ms = known.run_ms + excluded.run_ms;
    return null;
end $$;

create trigger runs_usage after update on runs
    referencing old table as unended_runs new table as ended_runs
    for each statement execute function count_run_usage();

-- migrate:down

drop trigger runs_usage on runs;
drop function count_run_usage;
drop table run_usage, workspace_quotas;
