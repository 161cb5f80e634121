"""The gateway's own RPCs, one file a contract."""
