"""Who may call what: public, user and internal methods, with a scope and without."""

from __future__ import annotations

from typing import Any, cast

import pytest

from filmstudio.options.v1 import options_pb2
from studio_platform.errors import PermissionDenied, Unauthenticated
from studio_platform.identity import Identity
from studio_platform.interceptors.caller import CallerLayer
from studio_platform.interceptors.layers import ServerCall
from studio_platform.policies import MethodPolicies
from studio_platform.telemetry import CallOutcome

METHOD = "/film.Probe/Do"
OPERATOR = Identity("u1", "w1", frozenset({"generation.run"}))


class OnePolicy:
    """The policy of the one method that there is."""

    def __init__(self, access: options_pb2.Access.ValueType, scope: str) -> None:
        self._policy = options_pb2.MethodPolicy(access=access, scope=scope)

    def policy(self, path: str) -> options_pb2.MethodPolicy:
        """The same for every path."""
        return self._policy


class Verifier:
    """Knows one token."""

    async def verify(self, token: str) -> Identity:
        """The operator behind "good"."""
        if token != "good":
            raise Unauthenticated("TOKEN_INVALID", "Sign in again.")
        return OPERATOR


async def enter(access: options_pb2.Access.ValueType, scope: str, token: str) -> None:
    """One call, as far as the layer lets it."""
    layer = CallerLayer(cast(MethodPolicies, OnePolicy(access, scope)), Verifier())
    metadata = {"authorization": f"Bearer {token}"} if token else {}
    call = ServerCall(METHOD, cast(Any, None), metadata, False, "r1", CallOutcome())
    async with layer.around(call):
        pass


async def test_an_internal_method_with_a_scope_is_closed_without_a_token() -> None:
    with pytest.raises(Unauthenticated):
        await enter(options_pb2.ACCESS_INTERNAL, "generation.run", "")


async def test_an_internal_method_with_a_scope_is_open_to_a_token_that_carries_it() -> None:
    await enter(options_pb2.ACCESS_INTERNAL, "generation.run", "good")


async def test_an_internal_method_with_a_scope_is_closed_to_a_token_without_it() -> None:
    with pytest.raises(PermissionDenied):
        await enter(options_pb2.ACCESS_INTERNAL, "generation.read", "good")


async def test_an_internal_method_without_a_scope_needs_no_token_but_checks_one_that_is_sent() -> None:
    await enter(options_pb2.ACCESS_INTERNAL, "", "")

    with pytest.raises(Unauthenticated):
        await enter(options_pb2.ACCESS_INTERNAL, "", "forged")


async def test_a_public_method_looks_at_no_token() -> None:
    await enter(options_pb2.ACCESS_PUBLIC, "", "forged")
