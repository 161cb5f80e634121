"""What the doctor says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `cure` is what to do if it isn't `well`."""

    subject: str
    well: bool
    state: str
    cure: str = ""
