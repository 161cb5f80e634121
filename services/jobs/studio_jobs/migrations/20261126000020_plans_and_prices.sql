-- migrate:up

alter table pools add column price_micros_per_call bigint not null default 0;

alter table jobs
    add column spent_runs integer,
    add column spent_run_ms bigint not null default 0,
    add column spent_micros bigint not null default 0;

create index jobs_to_count on jobs (ended_at) where ended_at is not null and spent_runs is null;

create table paces (
    engine text not null,
    kind smallint not null,
    size_class smallint not null,
    length_class smallint not null,
    samples integer[] not null,
    updated_at timestamptz not null,
    primary key (engine, kind, size_class, length_class)
);

-- migrate:down

drop table paces;
drop index jobs_to_count;
alter table jobs drop column spent_runs, drop column spent_run_ms, drop column spent_micros;
alter table pools drop column price_micros_per_call;
