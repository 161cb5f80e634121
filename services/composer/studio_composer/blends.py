"""The ways in which one picture turns into another."""

from __future__ import annotations

from enum import StrEnum


class Blend(StrEnum):
    """How one picture turns into another while both show."""

    DISSOLVE = "dissolve"
    WIPE = "wipe"
    IRIS = "iris"
