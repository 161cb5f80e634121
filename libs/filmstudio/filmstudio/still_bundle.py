"""How a still's bundle tells places and depths, for the engines that draw it and those that move it."""

from __future__ import annotations

PARTS = 100_000
"""Of the picture's width and height, in which fine places are told."""
DEPTH_OF_FIGURES = 700
"""Where figures stand, in thousandths of the way from the horizon to the lens."""
