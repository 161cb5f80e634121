"""The peer: the graph of a film as a Celery pipeline on Redis. Runs in an environment of its own."""
