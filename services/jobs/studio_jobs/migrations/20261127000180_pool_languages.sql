-- migrate:up

-- The languages that a speech pool speaks, as primary subtags of BCP-47; empty where any is taken.
alter table pools add column languages text[] not null default '{}';

-- migrate:down

alter table pools drop column languages;
