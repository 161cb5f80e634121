"""Who signs in at a studio."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """What signs in; the password is never printed."""

    email: str
    password: str = field(repr=False)
