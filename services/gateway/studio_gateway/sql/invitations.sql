-- name: count_invitations
-- How many invitations into a workspace are open, counted up to a limit.
select count(*)::int
from (
    select from invitations where workspace_id = $1 and accepted_by is null and expires_at > $2 limit $3
) as open;

-- name: add_invitation
-- Makes an invitation; nothing when the inviter's request id is known already.
insert into invitations
    (invitation_id, inviter, workspace_id, role, email, digest, request_id, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (inviter, request_id) do nothing
returning invitation_id;

-- name: invitation_by_request
-- The invitation that a request id made.
select invitation_id, workspace_id, role, email, created_at, expires_at
from invitations
where inviter = $1 and request_id = $2;

-- name: invitations_of
-- A page of a workspace's open invitations, after an id.
select invitation_id, workspace_id, role, email, created_at, expires_at
from invitations
where workspace_id = $1
  and accepted_by is null
  and expires_at > $2
  and ($3::uuid is null or invitation_id > $3)
order by invitation_id
limit $4;

-- name: delete_invitation
-- Takes back an open invitation of a workspace.
delete from invitations
where invitation_id = $1 and workspace_id = $2 and accepted_by is null
returning invitation_id;

-- name: invitation_is_open
-- Whether a token lets an address in.
select exists (
    select
    from invitations
    where digest = $1 and accepted_by is null and expires_at > $2 and (email is null or email = $3)
);

-- name: accept_invitation
-- Spends an open invitation on a user with an address; the same user may do so again.
update invitations
set accepted_by = $2, accepted_at = coalesce(accepted_at, $3)
where digest = $1
  and (accepted_by is null or accepted_by = $2)
  and expires_at > $3
  and (email is null or email = $4)
returning workspace_id, role;

-- name: delete_expired_invitations
-- Removes invitations that ended before a moment, a batch at a time.
delete from invitations
where invitation_id in (select invitation_id from invitations where expires_at < $1 order by expires_at limit $2);
