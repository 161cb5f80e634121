"""Diffusion models: which one, on what device, with what memory, and what to say when one can't be loaded."""

from __future__ import annotations
