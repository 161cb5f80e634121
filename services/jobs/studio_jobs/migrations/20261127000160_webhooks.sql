-- migrate:up

create table webhooks (
    webhook_id uuid primary key,
    workspace_id uuid not null,
    url text not null check (char_length(url) between 1 and 2000),
    event_types text[] not null check (cardinality(event_types) between 1 and 10),
    display_name text not null check (char_length(display_name) <= 100),
    -- What signs must be known: a hash would not do.
    secret bytea not null check (octet_length(secret) between 24 and 64),
    former_secret bytea check (octet_length(former_secret) between 24 and 64),
    former_until timestamptz,
    disabled boolean not null default false,
    disabled_reason text not null default '' check (char_length(disabled_reason) <= 500),
    failing_since timestamptz,
    leased_until timestamptz not null,
    request_id uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index webhooks_of_workspace on webhooks (workspace_id, webhook_id);
create unique index webhooks_by_request on webhooks (workspace_id, request_id) where request_id is not null;

-- A message to a webhook: written with the event that it tells of.
create table webhook_deliveries (
    webhook_id uuid not null references webhooks on delete cascade,
    message_id uuid not null,
    event_type text not null,
    job_id uuid not null,
    body text not null check (octet_length(body) <= 16384),
    state text not null default 'WAITING' check (state in ('WAITING', 'DELIVERED', 'FAILED')),
    attempts integer not null default 0 check (attempts >= 0),
    tries integer not null default 0 check (tries >= 0),
    next_attempt_at timestamptz not null,
    created_at timestamptz not null,
    primary key (webhook_id, message_id)
);

create index webhook_deliveries_waiting on webhook_deliveries (webhook_id, next_attempt_at)
    where state = 'WAITING';
create index webhook_deliveries_old on webhook_deliveries (created_at) where state <> 'WAITING';

create table webhook_attempts (
    webhook_id uuid not null,
    message_id uuid not null,
    number integer not null check (number >= 1),
    began_at timestamptz not null,
    duration_ms integer not null check (duration_ms >= 0),
    status integer not null check (status between 0 and 999),
    response text not null check (octet_length(response) <= 4096),
    error text not null check (char_length(error) <= 500),
    primary key (webhook_id, message_id, number),
    foreign key (webhook_id, message_id) references webhook_deliveries on delete cascade
);

-- migrate:down

drop table webhook_attempts, webhook_deliveries, webhooks;
