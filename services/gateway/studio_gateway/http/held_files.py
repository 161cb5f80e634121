"""Files to serve, held in memory with their compressed forms."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "web"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""The better first; the second is the end of the compressed file's name."""

FILES_MAX_BYTES = 32 << 20
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class HeldFile:
    """One file: its media type, its bytes by encoding; "" is the plain one."""

    media_type: str
    forms: Mapping[str, bytes]

    def form(self, accepted: str) -> tuple[str, bytes]:
        """Encoding and bytes for an Accept-Encoding."""
        taken = {word.partition(";")[0].strip() for word in accepted.split(",") if not word.endswith(";q=0")}
        for encoding, _ in ENCODINGS:
            if encoding in taken and encoding in self.forms:
                return encoding, self.forms[encoding]
        return "", self.forms[""]


def read_files(folder: Path = FOLDER) -> dict[str, HeldFile]:
    """The files of a folder by their paths, such as "/assets/index-3f2a.js"; none if nothing was built.

    Raises ValueError if they are larger than FILES_MAX_BYTES together.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()] if folder.is_dir() else []
    if sum(path.stat().st_size for path in paths) > FILES_MAX_BYTES:
        raise ValueError(f"{folder} is larger than {FILES_MAX_BYTES} bytes: no web studio")
    ends = tuple(end for _, end in ENCODINGS)
    return {
        f"/{path.relative_to(folder).as_posix()}": _read(path) for path in paths if path.suffix not in ends
    }


def _read(path: Path) -> HeldFile:
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    forms = {"": path.read_bytes()}
    for encoding, end in ENCODINGS:
        compressed = path.with_name(path.name + end)
        if compressed.is_file():
            forms[encoding] = compressed.read_bytes()
    return HeldFile(media_type, forms)
