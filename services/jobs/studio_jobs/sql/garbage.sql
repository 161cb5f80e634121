-- name: ensure_walk
-- Makes the row of a walk that was never begun.
insert into garbage_walks (name, place, next_at) values ($1, '', $2) on conflict do nothing;

-- name: take_walk
-- How far a due walk has come, held until the transaction ends, unless another replica holds it.
select place from garbage_walks where name = $1 and next_at <= $2 for update skip locked;

-- name: save_walk
-- Notes how far a walk has come and when it goes on.
update garbage_walks set place = $2, next_at = $3 where name = $1;

-- name: mark_artifacts
-- Notes since when the artifacts after a key, up to a limit, are without a reference; the last key, if there was any.
with page as (
    select workspace_id, content_key, unreferenced_since from artifacts
    where (workspace_id, content_key) > ($1, $2)
    order by workspace_id, content_key
    limit $3
),
judged as (
    select p.workspace_id, p.content_key, p.unreferenced_since is not null as is_marked, (
        exists (select from tasks t where t.workspace_id = p.workspace_id and t.content_key = p.content_key)
        or exists (
            select from held_artifacts h where h.workspace_id = p.workspace_id and h.content_key = p.content_key
        )
        or coalesce((
            select true from library_files l
            where l.workspace_id = p.workspace_id and l.content_key = p.content_key
            limit 1
        ), false)
        or exists (
            select from runs r
            where r.workspace_id = p.workspace_id and r.content_key = p.content_key
              and r.state in ('WAITING', 'DISPATCHED')
        )
        or exists (
            select from resolutions s
            where s.workspace_id = p.workspace_id and s.content_key = p.content_key and s.created_at > $5
        )
    ) as is_referenced
    from page p
),
marked as (
    update artifacts a set unreferenced_since = case when j.is_referenced then null else $4::timestamptz end
    from judged j
    where a.workspace_id = j.workspace_id and a.content_key = j.content_key and j.is_referenced = j.is_marked
)
select workspace_id, content_key from page order by workspace_id desc, content_key desc limit 1;

-- name: project_sizes
-- How many bytes the jobs of the projects after a key, up to a limit, refer to, each blob once; what is noted of it.
select p.workspace_id, p.project_id, p.stored_bytes as noted_bytes, (
    select coalesce(sum(b.size_bytes), 0)::bigint from (
        select distinct a.sha256, a.size_bytes from jobs j
        join tasks t on t.job_id = j.job_id
        join artifact_blobs a on a.workspace_id = t.workspace_id and a.content_key = t.content_key
        where j.workspace_id = p.workspace_id and j.project_id = p.project_id and j.deleted_at is null
    ) as b
) as stored_bytes
from projects p
where (p.workspace_id, p.project_id) > ($1, $2)
order by p.workspace_id, p.project_id
limit $3;

-- name: note_project_sizes
-- Notes how many bytes projects have in the store.
update projects p set stored_bytes = m.stored_bytes
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as m (workspace_id, project_id, stored_bytes)
where p.workspace_id = m.workspace_id and p.project_id = m.project_id;

-- name: artifacts_to_collect
-- Artifacts without a reference since before a time, the longest first, held until the transaction ends.
select workspace_id, content_key from artifacts
where unreferenced_since < $1
order by unreferenced_since
limit $2
for update skip locked;

-- name: referenced_artifacts
-- Which of these artifacts have a reference; resolutions count that were written after a time. What is held is asked
-- for by a value, not by exists: that might be hashed, which reads the table from end to end.
select c.workspace_id, c.content_key from unnest($1::uuid[], $2::bytea[]) as c (workspace_id, content_key)
where exists (select from tasks t where t.workspace_id = c.workspace_id and t.content_key = c.content_key)
   or coalesce((
       select true from held_artifacts h
       where h.workspace_id = c.workspace_id and h.content_key = c.content_key
       limit 1
   ), false)
   or coalesce((
       select true from library_files l
       where l.workspace_id = c.workspace_id and l.content_key = c.content_key
       limit 1
   ), false)
   or exists (
       select from runs r
       where r.workspace_id = c.workspace_id and r.content_key = c.content_key and r.state in ('WAITING', 'DISPATCHED')
   )
   or exists (
       select from resolutions s
       where s.workspace_id = c.workspace_id and s.content_key = c.content_key and s.created_at > $3
   );

-- name: spare_artifacts
-- Takes the mark back from artifacts.
update artifacts a set unreferenced_since = null
from unnest($1::uuid[], $2::bytea[]) as c (workspace_id, content_key)
where a.workspace_id = c.workspace_id and a.content_key = c.content_key;

-- name: collect_artifacts
-- Removes locked artifacts with their resolutions; their generations and blobs are left as garbage.
with chosen as (
    select workspace_id, content_key from unnest($1::uuid[], $2::bytea[]) as c (workspace_id, content_key)
),
gone as (
    delete from artifacts a using chosen c
    where a.workspace_id = c.workspace_id and a.content_key = c.content_key
    returning a.workspace_id, a.content_key, a.generation, a.kind
),
parts as (
    insert into garbage_blobs (workspace_id, sha256, size_bytes, found_at)
    select b.workspace_id, b.sha256, b.size_bytes, $3
    from chosen c join artifact_blobs b on b.workspace_id = c.workspace_id and b.content_key = c.content_key
    on conflict do nothing
),
unresolved as (
    delete from resolutions s using chosen c
    where s.workspace_id = c.workspace_id and s.content_key = c.content_key
)
insert into garbage_artifacts (workspace_id, content_key, generation, kind, collected_at)
select workspace_id, content_key, generation, kind, $3 from gone
on conflict do nothing;

-- name: forget_ended_runs
-- Removes ended runs of these keys that no task is of and nobody holds.
delete from runs using (
    select r.run_id from unnest($1::uuid[], $2::bytea[]) as c (workspace_id, content_key)
    join runs r on r.workspace_id = c.workspace_id and r.content_key = c.content_key
    where r.ended_at is not null
      and not exists (select from tasks t where t.workspace_id = r.workspace_id and t.content_key = r.content_key)
    order by r.run_id
    for update of r skip locked
) as old
where runs.run_id = old.run_id;

-- name: manifests_to_delete
-- Collected artifacts whose manifests the store may still have, the longest collected first.
select workspace_id, content_key, generation, kind from garbage_artifacts
where deleted_at is null
order by collected_at
limit $1;

-- name: note_manifests_deleted
-- Notes that these manifests are gone from the store.
update garbage_artifacts g set deleted_at = $4
from unnest($1::uuid[], $2::bytea[], $3::int[]) as d (workspace_id, content_key, generation)
where g.workspace_id = d.workspace_id and g.content_key = d.content_key and g.generation = d.generation
  and g.deleted_at is null;

-- name: blobs_to_condemn
-- Garbage that was found before a time, held until the transaction ends; none before every artifact's blobs are noted.
select workspace_id, sha256 from garbage_blobs
where condemned_at is null and found_at < $1 and not exists (select from artifacts where not blobs_noted)
order by found_at
limit $2
for update skip locked;

-- name: referenced_blobs
-- Which of these blobs an artifact or an unfinished run has.
select b.workspace_id, b.sha256 from unnest($1::uuid[], $2::bytea[]) as b (workspace_id, sha256)
where exists (select from artifact_blobs a where a.workspace_id = b.workspace_id and a.sha256 = b.sha256)
   or exists (
       select from runs r
       where r.workspace_id = b.workspace_id and r.body_sha256 = encode(b.sha256, 'hex')
         and r.state in ('WAITING', 'DISPATCHED')
   );

-- name: spare_blobs
-- Blobs that are garbage no more.
delete from garbage_blobs g using unnest($1::uuid[], $2::bytea[]) as b (workspace_id, sha256)
where g.workspace_id = b.workspace_id and g.sha256 = b.sha256;

-- name: condemn_blobs
-- From now on whoever names one of these locked blobs must look whether it is there.
update garbage_blobs g set condemned_at = $3
from unnest($1::uuid[], $2::bytea[]) as b (workspace_id, sha256)
where g.workspace_id = b.workspace_id and g.sha256 = b.sha256;

-- name: blobs_to_delete
-- Condemned blobs that the store may still have, the longest condemned first.
select workspace_id, sha256, size_bytes from garbage_blobs
where condemned_at is not null and deleted_at is null
order by condemned_at
limit $1;

-- name: note_blobs_deleted
-- Notes that these blobs are gone from the store; how many bytes they had.
with gone as (
    update garbage_blobs g set deleted_at = $3
    from unnest($1::uuid[], $2::bytea[]) as b (workspace_id, sha256)
    where g.workspace_id = b.workspace_id and g.sha256 = b.sha256
      and g.condemned_at is not null and g.deleted_at is null
    returning g.size_bytes
)
select coalesce(sum(size_bytes), 0)::bigint as bytes from gone;

-- name: forget_garbage_artifacts
-- Forgets artifacts that were deleted before a time, up to a limit.
delete from garbage_artifacts where ctid = any(array(
    select ctid from garbage_artifacts
    where deleted_at < $1
    order by deleted_at
    limit $2
    for update skip locked
));

-- name: forget_garbage_blobs
-- Forgets blobs that were deleted before a time, up to a limit.
delete from garbage_blobs where ctid = any(array(
    select ctid from garbage_blobs
    where deleted_at < $1
    order by deleted_at
    limit $2
    for update skip locked
));

-- name: artifacts_to_note
-- Artifacts whose blobs are not noted, held until the transaction ends.
select workspace_id, content_key, manifest from artifacts
where not blobs_noted
order by workspace_id, content_key
limit $1
for update skip locked;

-- name: note_blobs
-- Notes the blobs of artifacts, by the artifact's key.
insert into artifact_blobs (workspace_id, content_key, sha256, size_bytes)
select workspace_id, content_key, sha256, size_bytes
from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bigint[]) as p (workspace_id, content_key, sha256, size_bytes)
on conflict do nothing;

-- name: mark_blobs_noted
-- Notes that the blobs of these artifacts are noted.
update artifacts a set blobs_noted = true
from unnest($1::uuid[], $2::bytea[]) as c (workspace_id, content_key)
where a.workspace_id = c.workspace_id and a.content_key = c.content_key;

-- name: find_stray_manifests
-- Makes garbage of these manifests of the store where no artifact is theirs and no run may still report one.
insert into garbage_artifacts (workspace_id, content_key, generation, kind, collected_at)
select m.workspace_id, m.content_key, m.generation, m.kind, $5
from unnest($1::uuid[], $2::bytea[], $3::int[], $4::smallint[]) as m (workspace_id, content_key, generation, kind)
where not exists (
    select from artifacts a
    where a.workspace_id = m.workspace_id and a.content_key = m.content_key and a.generation = m.generation
) and not exists (
    select from runs r
    where r.workspace_id = m.workspace_id and r.content_key = m.content_key and r.state in ('WAITING', 'DISPATCHED')
)
on conflict do nothing;

-- name: find_stray_blobs
-- Makes garbage of these blobs of the store where nothing names them.
insert into garbage_blobs (workspace_id, sha256, size_bytes, found_at)
select b.workspace_id, b.sha256, b.size_bytes, $4
from unnest($1::uuid[], $2::bytea[], $3::bigint[]) as b (workspace_id, sha256, size_bytes)
where not exists (select from artifact_blobs a where a.workspace_id = b.workspace_id and a.sha256 = b.sha256)
  and not exists (
      select from runs r
      where r.workspace_id = b.workspace_id and r.body_sha256 = encode(b.sha256, 'hex')
        and r.state in ('WAITING', 'DISPATCHED')
  )
on conflict do nothing;

-- name: buried_artifacts
-- Which of these keys were collected under their generation or a later one.
select m.workspace_id, m.content_key, m.generation
from unnest($1::uuid[], $2::bytea[], $3::int[]) as m (workspace_id, content_key, generation)
where exists (
    select from garbage_artifacts g
    where g.workspace_id = m.workspace_id and g.content_key = m.content_key and g.generation >= m.generation
);

-- name: doubtful_blobs
-- Which of these blobs are garbage, and how far; none is condemned until the transaction ends.
select g.workspace_id, g.sha256, g.condemned_at, g.deleted_at
from unnest($1::uuid[], $2::bytea[]) as b (workspace_id, sha256)
join garbage_blobs g on g.workspace_id = b.workspace_id and g.sha256 = b.sha256
order by g.workspace_id, g.sha256
for share of g;

-- name: garbage_gauges
-- Artifacts without a reference, and blobs and manifests that wait for their deletion, each counted up to a limit.
select (
           select count(*) from (select from artifacts where unreferenced_since is not null limit $1) as a
       )::int as artifacts,
       (select count(*) from (select from garbage_artifacts where deleted_at is null limit $1) as m)::int
           as manifests,
       (select count(*) from (select from garbage_blobs where condemned_at is null limit $1) as b)::int
           + (select count(*) from (
               select from garbage_blobs where condemned_at is not null and deleted_at is null limit $1
           ) as c)::int as blobs;
