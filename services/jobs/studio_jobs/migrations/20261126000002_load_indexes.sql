-- migrate:up

drop index jobs_unfinished;
create index jobs_unfinished on jobs (workspace_id) where ended_at is null;
alter table jobs set (fillfactor = 70);

drop index due_jobs_by_job;
create index due_jobs_by_job on due_jobs (job_id, id);

create index outbox_by_subject on outbox (subject);

-- migrate:down

drop index outbox_by_subject;

drop index due_jobs_by_job;
create index due_jobs_by_job on due_jobs (job_id);

alter table jobs reset (fillfactor);
drop index jobs_unfinished;
create index jobs_unfinished on jobs (updated_at) where ended_at is null;
