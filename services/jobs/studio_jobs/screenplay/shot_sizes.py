"""How much of a scene a shot frames."""

from __future__ import annotations

from enum import StrEnum


class ShotSize(StrEnum):
    """How much of the scene a shot frames."""

    WIDE = "WIDE"
    MEDIUM = "MEDIUM"
    CLOSE = "CLOSE"
    INSERT = "INSERT"
    OVER_SHOULDER = "OVER_SHOULDER"
