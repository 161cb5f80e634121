-- name: cut_tasks
-- What a film and the cuts of its scenes were planned as, with their inputs by role: who made each, and what came of it.
select t.number, t.kind, t.display_name, t.spec, i.*
from tasks t
cross join lateral (
    select array_agg(i.role order by i.role) as roles, array_agg(i.producer order by i.role) as producers,
           array_agg(p.display_name order by i.role) as names, array_agg(p.line_first order by i.role) as firsts,
           array_agg(p.line_last order by i.role) as lasts, array_agg(a.length_ms order by i.role) as lengths_ms,
           array_agg(case when p.kind in (1, 2) then a.manifest end order by i.role) as manifests
    from task_inputs i
    join tasks p on p.job_id = i.job_id and p.number = i.producer
    join artifacts a on a.workspace_id = p.workspace_id and a.content_key = p.content_key
    where i.job_id = t.job_id and i.number = t.number
) as i
where t.workspace_id = $1 and t.job_id = $2 and t.kind in (6, 7) and t.number in (
    select unnest(array[f.number, e.producer])
    from (select min(number) as number from tasks where job_id = $2 and kind = 7) as f
    join task_inputs e on e.job_id = $2 and e.number = f.number
)
order by t.number;
