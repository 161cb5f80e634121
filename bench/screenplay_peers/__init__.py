"""The labelled Fountain cases, read by other parsers beside ours."""
