"""Secrets that are shown once: derived from an id under a key of the server, kept as a digest alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

SHOWN_AGAIN = timedelta(minutes=10)
"""For so long the same request is answered with the same secret."""


def derived(prefix: str, key: bytes, made_for: UUID) -> str:
    """The secret of a thing: HMAC-SHA-256 of its id, in 43 characters behind a prefix."""
    raw = hmac.digest(key, made_for.bytes, "sha256")
    return prefix + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def digest(secret: str) -> bytes:
    """What is kept of it: 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()
