"""What a member of a workspace may do: four roles, each with everything that those before it may."""

from __future__ import annotations

from collections.abc import Collection

from filmstudio.options.v1 import options_pb2

ROLES = ("viewer", "reviewer", "editor", "owner")
"""From the least to the most."""

_LEAST = {
    options_pb2.ROLE_VIEWER: "viewer",
    options_pb2.ROLE_REVIEWER: "reviewer",
    options_pb2.ROLE_EDITOR: "editor",
    options_pb2.ROLE_OWNER: "owner",
}
_READ_SUFFIX = ".read"


def least_role(policy: options_pb2.MethodPolicy) -> str:
    """The least role that a method asks for, by its option or else by its scope; empty for none."""
    if policy.role:
        return _LEAST.get(policy.role, "")
    if policy.access != options_pb2.ACCESS_USER:
        return ""
    return "viewer" if policy.scope.endswith(_READ_SUFFIX) else "editor"


def suffices(held: Collection[str], least: str) -> bool:
    """Whether one of these roles is the least one or more; no role at all suffices for nothing but none."""
    if not least:
        return True
    return not set(ROLES[ROLES.index(least) :]).isdisjoint(held)
