"""The engines of videogen, one file each."""
