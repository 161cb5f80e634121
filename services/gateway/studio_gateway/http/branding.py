"""What an instance calls itself: /branding.json, which the web studio reads first, and the logo beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from studio_gateway.http.held_files import HeldFile

LOGO_MAX_BYTES = 256 << 10
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
_MAGIC = {".png": b"\x89PNG\r\n\x1a\n", ".webp": b"RIFF", ".svg": b"<"}


@dataclass(frozen=True, slots=True)
class Branding:
    """Name and accent of an instance, and the file of its logo; empty ones are the studio's own."""

    name: str = ""
    accent: str = ""
    logo_file: str = ""

    def files(self) -> dict[str, HeldFile]:
        """Files by path. Raises ValueError for a logo that is none, OSError without it."""
        logo = _logo(Path(self.logo_file)) if self.logo_file else None
        told = {"name": self.name, "accent": self.accent, "logo": "/branding-logo" if logo else ""}
        files = {"/branding.json": HeldFile("application/json", {"": json.dumps(told).encode()})}
        if logo is not None:
            files["/branding-logo"] = HeldFile(logo[0], {"": logo[1]})
        return files


def _logo(path: Path) -> tuple[str, bytes]:
    """Media type and bytes."""
    kind = path.suffix.lower()
    if kind not in LOGO_TYPES:
        raise ValueError(f"FILM_BRAND_LOGO_FILE: {path.name} is none of {', '.join(LOGO_TYPES)}")
    if path.stat().st_size > LOGO_MAX_BYTES:
        raise ValueError(f"FILM_BRAND_LOGO_FILE: {path.name} is larger than {LOGO_MAX_BYTES} bytes")
    content = path.read_bytes()
    if not content.lstrip().startswith(_MAGIC[kind]):
        raise ValueError(f"FILM_BRAND_LOGO_FILE: {path.name} does not begin as {LOGO_TYPES[kind]} does")
    return LOGO_TYPES[kind], content
