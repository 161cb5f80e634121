"""A film's timeline as people edit it: trims, holds, order, transitions, levels and titles."""
