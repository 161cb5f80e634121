-- name: hold_account
-- An account that is to go, held; no row once it is on its way out.
select user_id from users where user_id = $1 and disabled_at is null for update;

-- name: hold_workspaces_of
-- The workspaces of an account, held so that their members stay as they are.
select w.workspace_id
from workspaces w
join members m on m.workspace_id = w.workspace_id
where m.user_id = $1
order by w.workspace_id
for update of w;

-- name: workspaces_without_other_owner
-- The workspaces that others work in and that only this account owns, its personal one not counted.
select w.workspace_id, w.display_name
from workspaces w
join members m on m.workspace_id = w.workspace_id and m.user_id = $1 and m.role = 'owner'
where w.personal_of is null
  and exists (select from members o where o.workspace_id = w.workspace_id and o.user_id <> $1)
  and not exists (
      select from members o where o.workspace_id = w.workspace_id and o.user_id <> $1 and o.role = 'owner'
  )
order by w.workspace_id;

-- name: mark_account
-- Disables an account for good; its removal is due.
update users set disabled_at = $2, deleted_at = $2, removal_due_at = $2 where user_id = $1;

-- name: end_sessions_of
-- Ends every session of an account.
update refresh_families set revoked_at = $2 where user_id = $1 and revoked_at is null;

-- name: end_keys_of
-- Ends every API key of an account, and others' keys for its personal workspace.
delete from api_keys
where user_id = $1 or workspace_id in (select workspace_id from workspaces where personal_of = $1);

-- name: leave_shared_workspaces
-- Takes an account out of the workspaces that go on without it.
delete from members m
using workspaces w
where m.user_id = $1
  and w.workspace_id = m.workspace_id
  and w.personal_of is null
  and exists (select from members o where o.workspace_id = m.workspace_id and o.user_id <> $1);

-- name: close_personal_workspace
-- Takes the others out of an account's personal workspace.
delete from members m
using workspaces w
where w.personal_of = $1 and m.workspace_id = w.workspace_id and m.user_id <> $1;

-- name: next_removal
-- An account whose removal is due and that no other replica works on, held.
select user_id, deleted_at
from users
where removal_due_at <= $1
order by removal_due_at
limit 1
for update skip locked;

-- name: workspace_to_purge
-- A workspace that goes with an account; no row when none is left.
select workspace_id from members where user_id = $1 order by workspace_id limit 1;

-- name: remove_workspace
-- Removes a workspace that is empty, with who was in it.
delete from workspaces where workspace_id = $1;

-- name: put_off_removal
-- Says when an account's removal goes on.
update users set removal_due_at = $2 where user_id = $1;

-- name: remove_account
-- Removes an account that is marked.
delete from users where user_id = $1 and deleted_at is not null;
