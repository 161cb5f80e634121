"""Whether a pool works: the smallest order of its kind, sent through its real queue."""
