-- migrate:up

alter table comments add column request_id uuid;
create unique index comments_by_request on comments (workspace_id, project_id, request_id)
    where request_id is not null;

-- migrate:down

drop index comments_by_request;
alter table comments drop column request_id;
