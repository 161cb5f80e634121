-- migrate:up

-- Bytes of what a project's kept jobs made, as the collector last measured them.
alter table projects add column stored_bytes bigint not null default 0;

-- migrate:down

alter table projects drop column stored_bytes;
