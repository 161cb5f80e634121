-- name: add_user
-- Makes an account unless its address is taken.
insert into users (user_id, email, display_name, password_hash, created_at)
values ($1, $2, $3, $4, $5)
on conflict (email) do nothing
returning user_id;

-- name: add_personal_workspace
-- Makes the workspace that every user has.
insert into workspaces (workspace_id, display_name, personal_of, created_at)
values ($1, $2, $3, $4);

-- name: add_member
-- Gives a user a role in a workspace.
insert into members (workspace_id, user_id, role, created_at)
values ($1, $2, $3, $4);

-- name: account_by_email
-- The account that signs in with an address.
select users.user_id, users.email, users.display_name, users.password_hash, users.created_at,
       workspaces.workspace_id, members.role, users.role as studio_role
from users
join workspaces on workspaces.personal_of = users.user_id
join members on members.workspace_id = workspaces.workspace_id and members.user_id = users.user_id
where users.email = $1 and users.disabled_at is null;

-- name: account_by_id
-- The account of a user.
select users.user_id, users.email, users.display_name, users.password_hash, users.created_at,
       workspaces.workspace_id, members.role, users.role as studio_role
from users
join workspaces on workspaces.personal_of = users.user_id
join members on members.workspace_id = workspaces.workspace_id and members.user_id = users.user_id
where users.user_id = $1 and users.disabled_at is null;

-- name: set_password_hash
-- Replaces the hash of a user's password.
update users set password_hash = $2 where user_id = $1;

-- name: add_family
-- Begins a session.
insert into refresh_families (family_id, user_id, created_at) values ($1, $2, $3);

-- name: add_refresh_token
-- Stores a refresh token by its digest.
insert into refresh_tokens (digest, family_id, created_at, expires_at) values ($1, $2, $3, $4);

-- name: spend_refresh_token
-- Spends a token that is unspent, in time and of a live session; the session, or no row.
update refresh_tokens
set spent_at = $2
from refresh_families
where refresh_tokens.digest = $1
  and refresh_tokens.spent_at is null
  and refresh_tokens.expires_at > $2
  and refresh_families.family_id = refresh_tokens.family_id
  and refresh_families.revoked_at is null
returning refresh_tokens.family_id;

-- name: refresh_token
-- A token with the state of its session.
select refresh_tokens.family_id, refresh_families.user_id, refresh_tokens.expires_at,
       refresh_tokens.spent_at, refresh_families.revoked_at
from refresh_tokens
join refresh_families using (family_id)
where refresh_tokens.digest = $1;

-- name: revoke_family
-- Ends a session; ending it again changes nothing.
update refresh_families set revoked_at = $2 where family_id = $1 and revoked_at is null;

-- name: revoke_families_of
-- Ends every session of a user.
update refresh_families set revoked_at = $2 where user_id = $1 and revoked_at is null;

-- name: revoke_other_families_of
-- Ends every session of a user but one.
update refresh_families set revoked_at = $2 where user_id = $1 and revoked_at is null and family_id <> $3;

-- name: session_is_live
-- Whether a session goes on: not revoked, its user not disabled.
select exists (
    select
    from refresh_families
    join users using (user_id)
    where family_id = $1 and revoked_at is null and users.disabled_at is null
);

-- name: delete_expired_tokens
-- Removes tokens whose time was over before a moment, a batch at a time.
delete from refresh_tokens
where digest in (select digest from refresh_tokens where expires_at < $1 order by expires_at limit $2);

-- name: signing_keys
-- The keys that tokens may be signed with, the newest first.
select kid, private_key, created_at
from signing_keys
where retired_at is null
order by created_at desc, kid;

-- name: add_signing_key
-- Adds a key unless there is one made after a moment.
insert into signing_keys (kid, private_key, created_at)
select $1::text, $2::bytea, $3::timestamptz
where not exists (select from signing_keys where retired_at is null and created_at > $4);

-- name: retire_signing_keys
-- Publishes no longer what was made before a moment, if there is a newer one.
update signing_keys
set retired_at = $2
where created_at < $1
  and retired_at is null
  and exists (select from signing_keys newer where newer.created_at > signing_keys.created_at);

-- name: add_secret
-- Stores a secret unless there is one of its name.
insert into secrets (name, value) values ($1, $2) on conflict (name) do nothing;

-- name: secret
-- A secret by its name.
select value from secrets where name = $1;
