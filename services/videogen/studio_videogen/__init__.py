"""The video generator: a shot's clip from its still."""
