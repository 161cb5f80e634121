"""The RPCs of the job service: each converts, calls, converts."""
