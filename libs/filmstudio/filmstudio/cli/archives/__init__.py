"""film export and film import: a project as one zip file."""
