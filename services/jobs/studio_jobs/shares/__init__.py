"""Films shown to whoever has a link."""
