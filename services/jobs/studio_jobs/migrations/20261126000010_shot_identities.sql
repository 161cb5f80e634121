-- migrate:up

-- The ids of a revision's scenes and shots, and by what they are known again (store/identities.py). Null in
-- revisions kept before there was such a column: the ids of those follow from their words alone.
alter table screenplay_revisions add column identities bytea;

-- migrate:down

alter table screenplay_revisions drop column identities;
