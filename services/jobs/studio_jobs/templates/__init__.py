"""Screenplays to start from, with the options of a render that suit them."""
