"""The whole studio on one machine, supervised."""
