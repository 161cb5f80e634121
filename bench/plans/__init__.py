"""How Postgres runs every statement of the job service on tables of a given size."""
