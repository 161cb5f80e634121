-- name: lock_user
-- A user, held so that the count of what is theirs stays true; no row once the account is on its way out.
select user_id from users where user_id = $1 and disabled_at is null for update;

-- name: count_api_keys
-- How many keys a user has that go on, counted up to a limit.
select count(*)::int from (select from api_keys where user_id = $1 and expires_at > $2 limit $3) as live;

-- name: add_api_key
-- Makes a key; nothing when the user's request id is known already.
insert into api_keys
    (key_id, user_id, workspace_id, display_name, scopes, digest, hint, request_id, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (user_id, request_id) do nothing
returning key_id;

-- name: api_key_by_request
-- The key that a request id made.
select key_id, workspace_id, display_name, scopes, hint, created_at, expires_at
from api_keys
where user_id = $1 and request_id = $2;

-- name: api_keys_of
-- A page of a user's keys, after an id.
select key_id, workspace_id, display_name, scopes, hint, created_at, expires_at
from api_keys
where user_id = $1 and ($2::uuid is null or key_id > $2)
order by key_id
limit $3;

-- name: delete_api_key
-- Ends a key of a user's.
delete from api_keys where key_id = $1 and user_id = $2 returning key_id;

-- name: holder_of_api_key
-- Whom a key stands for, in which workspace and as what; no row once it is over, its user is disabled or gone from there.
select k.key_id, k.user_id, k.workspace_id, k.scopes, k.expires_at, m.role
from api_keys k
join users u on u.user_id = k.user_id
join members m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
where k.digest = $1 and k.expires_at > $2 and u.disabled_at is null;

-- name: api_key_is_live
-- Whether a key goes on.
select exists (
    select
    from api_keys k
    join users u on u.user_id = k.user_id
    where k.key_id = $1 and k.expires_at > $2 and u.disabled_at is null
);

-- name: delete_expired_api_keys
-- Removes keys that ended before a moment, a batch at a time.
delete from api_keys
where key_id in (select key_id from api_keys where expires_at < $1 order by expires_at limit $2);
