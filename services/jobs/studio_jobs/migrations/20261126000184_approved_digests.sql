-- migrate:up

-- What was approved, by digest: a locked shot is given under other content keys.
alter table approvals add column digests text[] not null default '{}';

-- migrate:down

alter table approvals drop column digests;
