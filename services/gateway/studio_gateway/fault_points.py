"""Every hand-off of the gateway at which a test may let it die or fail (docs/fault-points.md)."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.descriptor import ServiceDescriptor

HANDOFFS = {
    "gateway.answered.<Method>": "The service answered a call; its caller was not told.",
    "gateway.streaming.<Method>": "A stream's answer went on to its caller; the next was not asked for.",
}
"""What has happened when a point is passed."""


def answered(method: str) -> str:
    """The point of a method with one answer."""
    return f"gateway.answered.{method}"


def streaming(method: str) -> str:
    """The point of a method with a stream of answers."""
    return f"gateway.streaming.{method}"


def fault_points(services: Iterable[ServiceDescriptor]) -> set[str]:
    """The points of all methods of the services that are forwarded."""
    methods = [method for service in services for method in service.methods]
    return {streaming(m.name) if m.server_streaming else answered(m.name) for m in methods}
