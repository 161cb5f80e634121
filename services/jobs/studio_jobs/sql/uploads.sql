-- name: lock_uploads
-- Takes turns at making uploads of a workspace, until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('uploads/' || $1::uuid, 0));

-- name: upload_by_request
-- The upload that a request id made.
select * from uploads where workspace_id = $1 and request_id = $2;

-- name: count_uploads
-- How many uploads of a workspace have not ended, and their bytes.
select count(*)::int as uploads, coalesce(sum(size_bytes), 0)::bigint as size_bytes
from uploads where workspace_id = $1 and expires_at > $2;

-- name: insert_upload
-- Makes an upload.
insert into uploads (
    upload_id, workspace_id, kind, size_bytes, media_type, sha256, expires_at, request_id, created_by, created_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
returning *;

-- name: upload
-- An upload that has not ended.
select * from uploads where upload_id = $2 and workspace_id = $1 and expires_at > $3;

-- name: complete_upload
-- Notes that an upload's bytes are there, unless it was noted or the upload has ended.
update uploads set completed_at = $3, expires_at = $4
where upload_id = $2 and workspace_id = $1 and expires_at > $3 and completed_at is null
returning *;

-- name: ended_uploads
-- Uploads that ended before a time, the longest first, up to a limit.
select workspace_id, upload_id from uploads where expires_at < $1 order by expires_at limit $2;

-- name: forget_uploads
-- Removes the rows of uploads that ended before a time.
delete from uploads where upload_id = any($1::uuid[]) and expires_at < $2;

-- name: known_uploads
-- Which of some uploads there are.
select upload_id from uploads where upload_id = any($1::uuid[]);
