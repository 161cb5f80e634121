"""The cut of a finished film, written for editing programs."""
