-- name: insert_verdict
-- Keeps a verdict, unless the policy's on the same content is kept.
insert into moderation_verdicts (workspace_id, sha256, policy, subject, category, scene, line, judged_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing;
