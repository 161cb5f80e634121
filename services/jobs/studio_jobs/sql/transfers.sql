-- name: manifests_by_keys
-- The manifests of artifacts that are there.
select content_key, manifest from artifacts where workspace_id = $1 and content_key = any($2::bytea[]);
