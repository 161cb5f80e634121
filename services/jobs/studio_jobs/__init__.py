"""The job service: projects, screenplays, plans, the state machine and the scheduler."""
