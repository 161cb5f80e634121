"""A still that is one flat picture: without layers, and with nobody's place known."""

from __future__ import annotations

import json

from studio_platform.engine import Part


def flat_parts(image: bytes) -> tuple[Part, Part]:
    """The parts of such a still; `image` is a PNG."""
    bundle = json.dumps({"figures": [], "layers": []}).encode()
    return Part("image", "image/png", data=image), Part("bundle", "application/json", data=bundle)
