-- name: spend_admin_secret
-- Marks a secret of the settings as used, by its digest; no row when it was before.
insert into secrets (name, value) values ($1, $2) on conflict (name) do nothing returning name;

-- name: lock_admins
-- Lets changes of who is an administrator follow one another.
select pg_advisory_xact_lock(hashtext('studio_gateway.admins'));

-- name: set_user_role
-- Gives a user another role; no row for one that is not there.
update users set role = $2 where user_id = $1 and disabled_at is null returning user_id;

-- name: has_admin
-- Whether somebody is an administrator.
select exists (select from users where role = 'admin' and disabled_at is null);

-- name: end_sessions
-- Ends every session of a user.
update refresh_families set revoked_at = $2 where user_id = $1 and revoked_at is null;

-- name: users_page
-- A page of the accounts, after an id.
select users.user_id, users.email, users.display_name, users.password_hash, users.created_at,
       workspaces.workspace_id, members.role, users.role as studio_role
from users
join workspaces on workspaces.personal_of = users.user_id
join members on members.workspace_id = workspaces.workspace_id and members.user_id = users.user_id
where users.disabled_at is null and ($1::uuid is null or users.user_id > $1)
order by users.user_id
limit $2;
