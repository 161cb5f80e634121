-- name: sizes_by_kind
-- The manifest of one artifact of each kind.
select distinct on (kind) kind, manifest from artifacts order by kind;

-- name: repeated_runs
-- How many runs were dispatched more than once.
select count(*)::int as runs from runs where dispatch > 1;
