"""The layer that finds out who calls and refuses who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from filmstudio.options.v1 import options_pb2
from studio_platform.errors import PermissionDenied, Unauthenticated
from studio_platform.identity import Identity, set_current_identity
from studio_platform.interceptors.layers import ServerCall
from studio_platform.logs import bound
from studio_platform.policies import MethodPolicies
from studio_platform.roles import least_role, suffices

AUTHORIZATION_HEADER = "authorization"
_BEARER = "bearer "


class TokenVerifier(Protocol):
    """Tells who a bearer token stands for."""

    async def verify(self, token: str) -> Identity:
        """The token's identity. Raises Unauthenticated."""
        ...


class WorkspaceChoice(Protocol):
    """Takes a caller to the workspace that the call is meant for."""

    async def chosen(self, identity: Identity, metadata: Mapping[str, str]) -> Identity:
        """The caller there, with the role there. Raises NotFound where the caller is a stranger."""
        ...


class CallerLayer:
    """Checks the bearer token, its scope and the role against the method's policy; bare headers mean nothing.

    PUBLIC methods need no token and look at none. INTERNAL ones without a scope need none either (who may
    reach them is the network's policy, and the gateway never forwards them); a token that is sent all the
    same is checked. Every other method, INTERNAL ones with a scope included, needs one. Only the gateway
    has a `choice`: inward, workspace and role are the token's.
    """

    def __init__(
        self, policies: MethodPolicies, verifier: TokenVerifier, choice: WorkspaceChoice | None = None
    ) -> None:
        self._policies = policies
        self._verifier = verifier
        self._choice = choice

    @asynccontextmanager
    async def around(self, call: ServerCall) -> AsyncIterator[None]:
        """Within it `current_identity()` is the caller. Raises Unauthenticated, PermissionDenied."""
        policy = self._policies.policy(call.method)
        if policy is None:
            raise PermissionDenied("METHOD_WITHOUT_POLICY", "This method can't be called.", call.method)
        identity = await self._identity(call, policy)
        set_current_identity(identity)
        if identity is None:
            yield
            return
        if not identity.has_scope(policy.scope):
            raise PermissionDenied(
                "SCOPE_MISSING", f"This needs the scope {policy.scope}.", metadata={"scope": policy.scope}
            )
        least = least_role(policy)
        if self._choice is not None and least:
            # What concerns no workspace must not fail for the sake of one.
            identity = await self._choice.chosen(identity, call.metadata)
            set_current_identity(identity)
        _require_role(identity, least)
        with bound(user=identity.user_id, workspace=identity.workspace_id):
            yield

    def admit(self, call: ServerCall, request: Any) -> None:
        """Any message passes."""

    async def _identity(self, call: ServerCall, policy: options_pb2.MethodPolicy) -> Identity | None:
        if policy.access == options_pb2.ACCESS_PUBLIC:
            return None
        token = bearer_token(call.metadata.get(AUTHORIZATION_HEADER, ""))
        if token:
            return await self._verifier.verify(token)
        if policy.access == options_pb2.ACCESS_INTERNAL and not policy.scope:
            return None
        raise Unauthenticated("NOT_SIGNED_IN", "Sign in first.")


def _require_role(identity: Identity, least: str) -> None:
    if suffices(identity.roles, least):
        return
    held = ", ".join(sorted(identity.roles)) or "none"
    raise PermissionDenied(
        "ROLE_TOO_LOW",
        f"This needs the role {least} in the workspace; yours is {held}.",
        metadata={"role": least},
    )


def bearer_token(header: str) -> str:
    """The token of an `authorization: Bearer ...` header; empty for any other."""
    return header[len(_BEARER) :].strip() if header.lower().startswith(_BEARER) else ""
