-- migrate:up

-- What a project's seeds follow from, for one that was made somewhere else; null: its own id.
alter table projects add column seed_origin uuid;

-- migrate:down

alter table projects drop column seed_origin;
