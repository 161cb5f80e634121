"""Whether the gateway has the web studio's files, found without importing it."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def is_built() -> bool:
    """True after `make web`, or where the gateway's package came with them."""
    spec = importlib.util.find_spec("studio_gateway")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return any((Path(folder) / "web" / "index.html").is_file() for folder in folders)
