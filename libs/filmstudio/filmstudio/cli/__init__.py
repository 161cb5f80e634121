"""The film command."""
