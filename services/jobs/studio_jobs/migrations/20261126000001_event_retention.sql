-- migrate:up

alter table jobs add column events_trimmed boolean not null default false;

create index jobs_to_trim on jobs (ended_at) where ended_at is not null and not events_trimmed;

-- migrate:down

drop index jobs_to_trim;
alter table jobs drop column events_trimmed;
