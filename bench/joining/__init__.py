"""The composer beside ffmpeg and MoviePy: joins, crossfades, films, and its memory by a length of film."""
