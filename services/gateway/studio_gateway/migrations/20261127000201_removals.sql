-- migrate:up

-- An account on its way out: disabled at once, its workspaces purged, the row itself last.
alter table users
    add column deleted_at timestamptz,
    add column removal_due_at timestamptz,
    add constraint users_deleted_are_disabled check (deleted_at is null or disabled_at is not null),
    add constraint users_removal_of_deleted check ((deleted_at is null) = (removal_due_at is null));

create index users_to_remove on users (removal_due_at) where removal_due_at is not null;

-- migrate:down

drop index users_to_remove;
alter table users
    drop constraint users_removal_of_deleted,
    drop constraint users_deleted_are_disabled,
    drop column removal_due_at,
    drop column deleted_at;
