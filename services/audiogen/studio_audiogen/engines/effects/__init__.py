"""The effects engine: ambiences and single sounds, synthesised."""
