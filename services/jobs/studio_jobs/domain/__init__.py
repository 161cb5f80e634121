"""The rules of jobs, pure: states, keys, timing, progress, fairness, retries."""
