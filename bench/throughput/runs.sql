-- name: sizes_by_kind
-- The manifest of one artifact of each kind.
select distinct on (kind) kind, manifest from artifacts order by kind;

-- name: repeated_runs
-- How many runs were dispatched more than once.
select count(*)::int as runs from runs where dispatch > 1;

-- name: handed_off
-- The runs that waited for others, each with one that it waited for.
select distinct consumer.run_id as consumer, producer.run_id as producer
from task_inputs i
join tasks consumer on consumer.job_id = i.job_id and consumer.number = i.number
join tasks producer on producer.job_id = i.job_id and producer.number = i.producer
where consumer.run_id is not null and producer.run_id is not null;

-- name: run_again
-- The runs that were dispatched or delivered again, and when they ended.
select run_id, extract(epoch from ended_at)::float8 as ended_at from runs where dispatch > 1 or failures > 0;

-- name: run_ends
-- When each run of a pool ended, in order.
select extract(epoch from ended_at)::float8 as ended_at from runs
where pool = $1 and ended_at is not null order by ended_at;

-- name: longest_pause
-- The longest time between two events of one job that began before a moment's end and ended after it.
select coalesce(max(extract(epoch from later - earlier)), 0)::float8 as seconds
from (
    select created_at as earlier, lead(created_at) over (partition by job_id order by sequence) as later
    from job_events
) as pauses
where later > to_timestamp($1) and earlier < to_timestamp($1) + make_interval(secs => $2);
