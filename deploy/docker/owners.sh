#!/bin/sh
# Run once by the image of Postgres, on an empty volume: a role and a schema for each owner, and nothing across.
set -eu
for owner in gateway jobs; do
    case "$owner" in
    gateway) password=$GATEWAY_PASSWORD ;;
    jobs) password=$JOBS_PASSWORD ;;
    esac
    psql --set=ON_ERROR_STOP=1 --quiet --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
        --set=owner="$owner" --set=password="$password" --set=database="$POSTGRES_DB" <<'SQL'
CREATE ROLE :"owner" LOGIN PASSWORD :'password';
GRANT CONNECT, CREATE ON DATABASE :"database" TO :"owner";
CREATE SCHEMA :"owner" AUTHORIZATION :"owner";
ALTER ROLE :"owner" IN DATABASE :"database" SET search_path = :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SQL
done
