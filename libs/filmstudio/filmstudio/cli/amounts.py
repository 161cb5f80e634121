"""Money as people write it."""

from __future__ import annotations

MICROS = 1_000_000


def amount(micros: int) -> str:
    """An amount of money: two places, or four where it is small."""
    return f"{micros / MICROS:.{2 if micros >= MICROS or not micros else 4}f}"
