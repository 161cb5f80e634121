-- name: applied_versions
-- The versions of the migrations that this schema has.
select version from schema_migrations;
