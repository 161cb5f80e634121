"""Rate limits: buckets in memory, refilled by leases from Postgres that all replicas share."""
