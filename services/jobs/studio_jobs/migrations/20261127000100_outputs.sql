-- migrate:up

-- The artifacts of a job's further outputs, in the order of its options.
alter table jobs add column output_keys bytea[] not null default '{}';

-- migrate:down

alter table jobs drop column output_keys;
