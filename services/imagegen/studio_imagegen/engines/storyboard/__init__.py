"""The storyboard engine, drawn with Pillow and numpy."""
