-- name: upsert_pool
-- Notes what a worker says of its pool.
insert into pools (pool, kind, engine, deterministic, width_max_px, height_max_px, price_micros_per_second,
                   replicas_max, slots, lease_ms, first_seen_at, last_seen_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
on conflict (pool) do update
set kind = excluded.kind, engine = excluded.engine, deterministic = excluded.deterministic,
    width_max_px = excluded.width_max_px, height_max_px = excluded.height_max_px,
    price_micros_per_second = excluded.price_micros_per_second, replicas_max = excluded.replicas_max,
    slots = excluded.slots, lease_ms = excluded.lease_ms, last_seen_at = excluded.last_seen_at
returning (xmax = 0) as is_new;

-- name: pools
-- All pools.
select * from pools order by pool;

-- name: pool_load
-- Waiting and dispatched runs of each pool.
select pool, count(*) filter (where state = 'WAITING')::int as waiting,
       count(*) filter (where state = 'DISPATCHED')::int as running
from runs where state in ('WAITING', 'DISPATCHED') group by pool;
