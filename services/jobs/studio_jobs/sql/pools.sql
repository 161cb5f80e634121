-- name: upsert_pool
-- Notes what a worker says of its pool.
insert into pools (pool, kind, engine, deterministic, width_max_px, height_max_px, price_micros_per_second,
                   price_micros_per_call, replicas_max, slots, lease_ms, voices, languages, first_seen_at,
                   last_seen_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
on conflict (pool) do update
set kind = excluded.kind, engine = excluded.engine, deterministic = excluded.deterministic,
    width_max_px = excluded.width_max_px, height_max_px = excluded.height_max_px,
    price_micros_per_second = excluded.price_micros_per_second,
    price_micros_per_call = excluded.price_micros_per_call, replicas_max = excluded.replicas_max,
    slots = excluded.slots, lease_ms = excluded.lease_ms, voices = excluded.voices,
    languages = excluded.languages, last_seen_at = excluded.last_seen_at
returning (xmax = 0) as is_new;

-- name: pools
-- All pools.
select * from pools order by pool;

-- name: queue_gauges
-- Depth, oldest ready run and last sign of life of each pool, by bounded looks at the waiting runs.
with recursive owners as (
    (select pool, workspace_id from runs where state = 'WAITING' order by pool, workspace_id limit 1)
    union all
    select next.pool, next.workspace_id from owners o
    cross join lateral (
        select r.pool, r.workspace_id from runs r
        where r.state = 'WAITING' and (r.pool, r.workspace_id) > (o.pool, o.workspace_id)
        order by r.pool, r.workspace_id limit 1
    ) as next
),
oldest as (
    select o.pool, min(first.ready_at) as ready_at
    from (select pool, workspace_id from owners limit $3) as o
    cross join lateral (
        select r.ready_at from runs r
        where r.pool = o.pool and r.workspace_id = o.workspace_id and r.state = 'WAITING' and r.ready_at <= $1
        order by r.priority desc, r.run_id limit 1
    ) as first
    group by o.pool
)
select p.pool, p.last_seen_at, o.ready_at as oldest_ready_at,
       (select count(*) from (
           select from runs r where r.pool = p.pool and r.state = 'WAITING' limit $2
       ) as w)::int as waiting,
       (select count(*) from (
           select from runs r where r.pool = p.pool and r.state = 'DISPATCHED' limit $2
       ) as d)::int as in_flight
from pools p left join oldest o on o.pool = p.pool
order by p.pool;

-- name: pool_load
-- Waiting and dispatched runs of each pool, counted up to a limit.
select p.pool,
       (select count(*) from (
           select from runs r where r.pool = p.pool and r.state = 'WAITING' limit $1
       ) as w)::int as waiting,
       (select count(*) from (
           select from runs r where r.pool = p.pool and r.state = 'DISPATCHED' limit $1
       ) as d)::int as running
from pools p
order by p.pool;
