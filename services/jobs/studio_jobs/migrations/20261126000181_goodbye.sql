-- migrate:up

-- A deleted job is found by no call; its rows follow in batches.
alter table jobs add column deleted_at timestamptz;

create index jobs_deleted on jobs (deleted_at) where deleted_at is not null;
create index jobs_kept on jobs (ended_at) where ended_at is not null and deleted_at is null;

-- migrate:down

drop index jobs_kept, jobs_deleted;
alter table jobs drop column deleted_at;
