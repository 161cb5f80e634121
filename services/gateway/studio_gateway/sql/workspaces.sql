-- name: add_workspace
-- Makes a workspace that is nobody's own; nothing when the maker's request id is known already.
insert into workspaces (workspace_id, display_name, created_at, maker, request_id)
values ($1, $2, $3, $4, $5)
on conflict (maker, request_id) where request_id is not null do nothing
returning workspace_id;

-- name: workspace_by_request
-- The workspace that a request id made, as its maker sees it.
select w.workspace_id, w.display_name, false as personal, m.role, w.created_at
from workspaces w
join members m on m.workspace_id = w.workspace_id and m.user_id = w.maker
where w.maker = $1 and w.request_id = $2;

-- name: workspace_of
-- A workspace as one of its members sees it.
select w.workspace_id, w.display_name, w.personal_of is not null as personal, m.role, w.created_at
from workspaces w
join members m on m.workspace_id = w.workspace_id and m.user_id = $2
where w.workspace_id = $1;

-- name: workspaces_of
-- A page of the workspaces that a user is a member of, after an id.
select w.workspace_id, w.display_name, w.personal_of is not null as personal, m.role, w.created_at
from members m
join workspaces w on w.workspace_id = m.workspace_id
where m.user_id = $1 and ($2::uuid is null or m.workspace_id > $2)
order by m.workspace_id
limit $3;

-- name: owned_workspaces
-- In how many workspaces a user is an owner, counted up to a limit.
select count(*)::int from (select from members where user_id = $1 and role = 'owner' limit $2) as owned;

-- name: role_in
-- What a user is in a workspace.
select role from members where workspace_id = $1 and user_id = $2;

-- name: lock_workspace
-- A workspace, held so that its members change one after the other; whose own it is.
select personal_of from workspaces where workspace_id = $1 for update;

-- name: members_page
-- A page of a workspace's members, after a user's id.
select m.user_id, u.email, u.display_name, m.role, m.created_at
from members m
join users u on u.user_id = m.user_id
where m.workspace_id = $1 and ($2::uuid is null or m.user_id > $2)
order by m.user_id
limit $3;

-- name: member
-- One member of a workspace.
select m.user_id, u.email, u.display_name, m.role, m.created_at
from members m
join users u on u.user_id = m.user_id
where m.workspace_id = $1 and m.user_id = $2;

-- name: count_members
-- How many members a workspace has, and how many of them are owners.
select count(*)::int as members, count(*) filter (where role = 'owner')::int as owners
from members
where workspace_id = $1;

-- name: join_workspace
-- Makes a user a member, who is none yet.
insert into members (workspace_id, user_id, role, created_at)
values ($1, $2, $3, $4)
on conflict do nothing
returning user_id;

-- name: set_role
-- Gives a member another role.
update members set role = $3 where workspace_id = $1 and user_id = $2;

-- name: leave_workspace
-- Takes a member out.
delete from members where workspace_id = $1 and user_id = $2;
