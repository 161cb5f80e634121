"""Clips by image-to-video pipelines of diffusers: footage, and how it is conformed to a shot."""

from __future__ import annotations
