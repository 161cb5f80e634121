"""The composer beside ffmpeg and MoviePy: joins, crossfades, whole films, and its memory by a film's length."""
