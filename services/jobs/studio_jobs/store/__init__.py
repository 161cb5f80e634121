"""The job service's data in Postgres: one class for each noun, statements in studio_jobs.sql."""
