"""The score engine: music composed and synthesised from a mood."""
