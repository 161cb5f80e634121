-- name: lock_shares
-- Takes turns at making shares of a workspace, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('shares/' || $1::uuid, 0));

-- name: count_shares
-- How many shares a workspace has, counted up to a limit.
select count(*)::int from (select from shares where workspace_id = $1 limit $2) as counted;

-- name: renew_share
-- Gives the share that a request id made another token.
update shares set token_hash = $3 where workspace_id = $1 and request_id = $2 returning *;

-- name: insert_share
-- Makes a share.
insert into shares (
    share_id, workspace_id, job_id, title, token_hash, password_hash, expires_at, request_id, created_by, created_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning *;

-- name: shares_page
-- A page of a workspace's shares, the newest first, before one (null: from the newest).
select * from shares where workspace_id = $1 and ($2::uuid is null or share_id < $2)
order by share_id desc
limit $3;

-- name: share_by_token
-- The share of a link that has not ended.
select * from shares where token_hash = $1 and (expires_at is null or expires_at > $2);

-- name: count_view
-- Counts a view.
update shares set views = views + 1 where share_id = $1;

-- name: delete_share
-- Ends a share.
delete from shares where workspace_id = $1 and share_id = $2 returning share_id;
