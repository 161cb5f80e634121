"""What each RPC method needs, read from the `method_policy` option in its contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from filmstudio.options.v1 import options_pb2

# Health and reflection are grpc's own contracts and carry no option of ours.
_INFRASTRUCTURE_PREFIXES = (
    "/grpc.health.v1.Health/",
    "/grpc.reflection.v1.ServerReflection/",
    "/grpc.reflection.v1alpha.ServerReflection/",
)
_PUBLIC = options_pb2.MethodPolicy(access=options_pb2.ACCESS_PUBLIC)


class MethodPolicies:
    """The policy of every method of the services given, by "/package.Service/Method"."""

    def __init__(self, services: Iterable[ServiceDescriptor]) -> None:
        """Raises ValueError that names every method without access in its option."""
        methods = [method for service in services for method in service.methods]
        self._policies: Mapping[str, options_pb2.MethodPolicy] = {
            method_path(method): method.GetOptions().Extensions[options_pb2.method_policy]
            for method in methods
        }
        bare = [
            path for path, policy in self._policies.items() if policy.access == options_pb2.ACCESS_UNSPECIFIED
        ]
        if bare:
            raise ValueError(
                f"methods without filmstudio.options.v1.method_policy: {', '.join(sorted(bare))}"
            )

    def policy(self, path: str) -> options_pb2.MethodPolicy | None:
        """The method's policy; public for health and reflection; None for a method of no known service."""
        if path.startswith(_INFRASTRUCTURE_PREFIXES):
            return _PUBLIC
        return self._policies.get(path)

    def scopes(self) -> frozenset[str]:
        """Every scope that a method asks for: what a user who signs in may do."""
        return frozenset(policy.scope for policy in self._policies.values() if policy.scope)


@cache
def method_path(method: MethodDescriptor) -> str:
    """The path of a method on the wire: "/package.Service/Method"."""
    return f"/{method.containing_service.full_name}/{method.name}"
