"""The diffusers engine: stills by any text-to-image pipeline."""

from __future__ import annotations
