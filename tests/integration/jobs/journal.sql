-- What every transaction changed, in the order of the commits: written at the very end of each, under a lock
-- that is held until it is over. Before that moment nothing waits for anything more than without it.
create table journal (
    number bigint generated always as identity primary key,
    transaction bigint not null,
    name text not null,
    before jsonb,
    after jsonb
);

create function note_change() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(1);
    insert into journal (transaction, name, before, after)
    values (pg_current_xact_id()::text::bigint, tg_table_name, to_jsonb(old), to_jsonb(new));
    return null;
end $$;

do $$
declare
    watched text;
begin
    foreach watched in array array['jobs', 'pools', 'runs', 'artifacts', 'tasks', 'task_inputs', 'job_events',
                                   'due_jobs', 'outbox', 'garbage_artifacts', 'garbage_blobs'] loop
        execute format(
            'create constraint trigger noted after insert or update or delete on %I '
            'deferrable initially deferred for each row execute function note_change()', watched
        );
    end loop;
end $$;
