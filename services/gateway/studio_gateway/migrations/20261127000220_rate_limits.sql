-- migrate:up

-- What is left of each rate limit, shared by the gateway's replicas, which take parts of it on lease. Unlogged: after
-- a crash of the server every limit is whole again, and a lease costs no write to the log.
create unlogged table limit_buckets (
    bucket text primary key check (char_length(bucket) between 1 and 128),
    tokens double precision not null,
    filled_at timestamptz not null
) with (fillfactor = 70);

create index limit_buckets_by_age on limit_buckets (filled_at);

-- migrate:down

drop table limit_buckets;
