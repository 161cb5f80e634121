"""Music and effects by text-to-audio pipelines of diffusers."""

from __future__ import annotations
