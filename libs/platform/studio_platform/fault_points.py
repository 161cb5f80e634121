"""Every hand-off of a generator at which a test may let it die or fail (docs/fault-points.md)."""

from __future__ import annotations

from collections.abc import Iterable

HANDOFFS = {
    "fetched": "An order was fetched; nothing was looked up.",
    "running": "The inputs are there; the engine was not started.",
    "ran": "The engine is done; nothing was stored.",
    "uploaded": "The parts are stored, the manifest is not.",
    "manifest": "The manifest is written: the work is finished, and nobody was told.",
    "result": "The result is published, the order is not acknowledged.",
    "acked": "The order is acknowledged.",
}
"""What has happened when a point is passed, by the point's last word."""


def fault_points(scopes: Iterable[str]) -> dict[str, str]:
    """The points of a service's kinds of work ("composer.film"), and what has happened at each."""
    return {f"{scope}.{word}": meaning for scope in scopes for word, meaning in HANDOFFS.items()}
