"""Files that people bring by way of the object store: announced, looked at, and used by name."""
