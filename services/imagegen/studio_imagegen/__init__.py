"""The image generator: a shot's still."""
