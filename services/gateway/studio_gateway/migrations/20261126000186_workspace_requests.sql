-- migrate:up

-- Who asked for a workspace by which request: the same one again finds it.
alter table workspaces add column maker uuid references users on delete set null, add column request_id uuid;
create unique index workspaces_by_request on workspaces (maker, request_id) where request_id is not null;

-- migrate:down

drop index workspaces_by_request;
alter table workspaces drop column request_id, drop column maker;
