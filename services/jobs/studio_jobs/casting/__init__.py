"""Words and first names that tell how a character may sound, one a line."""
