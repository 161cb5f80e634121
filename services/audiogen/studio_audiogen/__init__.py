"""The audio generator: speech, music and sound effects."""
