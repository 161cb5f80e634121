-- name: add_limit_buckets
-- Makes the buckets that are not there yet, full.
insert into limit_buckets (bucket, tokens, filled_at)
select asked.bucket, asked.capacity, now()
from unnest($1::text[], $2::double precision[]) as asked (bucket, capacity)
order by asked.bucket
on conflict (bucket) do nothing;

-- name: lease_tokens
-- Refills buckets by the time that has passed, takes what was spent on trust, and leases what is there up to what is wanted.
with asked as (
    select * from unnest($1::text[], $2::double precision[], $3::double precision[], $4::double precision[], $5::double precision[])
        as asked (bucket, capacity, per_second, owed, wanted)
),
held as (
    select limit_buckets.bucket, asked.wanted,
           least(
               asked.capacity,
               limit_buckets.tokens
                   + asked.per_second * greatest(0, extract(epoch from now() - limit_buckets.filled_at))
           ) - asked.owed as left_over
    from limit_buckets
    join asked on asked.bucket = limit_buckets.bucket
    order by limit_buckets.bucket
    for update of limit_buckets
),
granted as (
    select bucket, left_over, least(wanted, greatest(0, floor(left_over))) as tokens from held
)
update limit_buckets
set tokens = granted.left_over - granted.tokens, filled_at = greatest(limit_buckets.filled_at, now())
from granted
where limit_buckets.bucket = granted.bucket
returning limit_buckets.bucket, granted.tokens as granted, limit_buckets.tokens as left_over;

-- name: return_tokens
-- Gives back what was leased and not used, up to what a bucket holds.
update limit_buckets
set tokens = least(returned.capacity, limit_buckets.tokens + returned.tokens)
from (
    select held.bucket, given.capacity, given.tokens
    from limit_buckets as held
    join unnest($1::text[], $2::double precision[], $3::double precision[]) as given (bucket, capacity, tokens)
        on given.bucket = held.bucket
    order by held.bucket
    for update of held
) as returned
where limit_buckets.bucket = returned.bucket;

-- name: delete_full_buckets
-- Removes some buckets that nobody has leased from since then; by now they are full, as one that is not there is.
delete from limit_buckets
where bucket in (
    select bucket from limit_buckets where filled_at < $1 order by filled_at limit $2 for update skip locked
);
