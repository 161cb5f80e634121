"""Files that people bring: looked at and encoded anew in a process of its own."""
