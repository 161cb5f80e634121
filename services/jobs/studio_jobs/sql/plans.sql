-- name: resolutions_by_plan_keys
-- What plan keys came to. The artifacts are looked up by themselves: of a workspace that the statistics don't know yet,
-- a join would compare every artifact with every key.
select plan_key, content_key from resolutions where workspace_id = $1 and plan_key = any($2::bytea[]);

-- name: made_by_keys
-- What content keys came to, as far as it is there; nothing is held.
select content_key, digest, length_ms from artifacts where workspace_id = $1 and content_key = any($2::bytea[]);

-- name: tasks_of_plan
-- All tasks of a job as they were planned, with what their shots are told apart by.
select kind, display_name, shot_id, plan_key, spec, line_first, line_last from tasks
where workspace_id = $1 and job_id = $2
order by number;

-- name: paces
-- What the last runs of these engines took.
select engine, kind, size_class, length_class, samples from paces where engine = any($1::text[]);

-- name: add_paces
-- Adds what runs took, in the order of the keys; the last $6 of each stay.
insert into paces as p (engine, kind, size_class, length_class, samples, updated_at)
select engine, kind, size_class, length_class, array_agg(sample order by place), $7
from unnest($1::text[], $2::smallint[], $3::smallint[], $4::smallint[], $5::int[])
    with ordinality as taken (engine, kind, size_class, length_class, sample, place)
group by engine, kind, size_class, length_class
order by engine, kind, size_class, length_class
on conflict (engine, kind, size_class, length_class) do update
set samples = (p.samples || excluded.samples)[greatest(1, cardinality(p.samples || excluded.samples) - $6 + 1):],
    updated_at = excluded.updated_at;

-- name: jobs_to_count
-- Ended jobs of which nobody has counted what they took, the first ended first.
select job_id, state, created_at, ended_at from jobs
where ended_at is not null and spent_runs is null
order by ended_at
limit $1
for update skip locked;

-- name: tasks_made
-- A job's tasks with what became of them, and of the runs that were made for them.
select t.number, t.pool, t.spec, t.state, t.cached, r.run_id, r.run_ms, a.length_ms,
       p.price_micros_per_second, p.price_micros_per_call
from tasks t
left join artifacts a on a.workspace_id = t.workspace_id and a.content_key = t.content_key
left join runs r on r.run_id = t.run_id and r.state = 'SUCCEEDED'
left join pools p on p.pool = r.pool
where t.job_id = $1
order by t.number;

-- name: edges_of_job
-- Which task of a job builds on which.
select number, producer from task_inputs where job_id = $1 order by number, role;

-- name: note_spending
-- Notes what an ended job's runs took and cost.
update jobs set spent_runs = $2, spent_run_ms = $3, spent_micros = $4 where job_id = $1;
