"""The gateway under load beside a bare server and a hand-written one: processes, cores, callers."""
