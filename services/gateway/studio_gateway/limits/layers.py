"""The two layers that hold calls to rates: by address before a token is looked at, by user after it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from filmstudio.options.v1 import options_pb2
from studio_gateway.limits.addresses import ClientAddresses
from studio_gateway.limits.limiter import Limiter, Standing, TooManyCalls
from studio_gateway.limits.rates import WINDOW_SECONDS, Rates
from studio_platform.identity import current_identity
from studio_platform.interceptors.layers import ServerCall
from studio_platform.policies import MethodPolicies

HEALTH_PREFIX = "/grpc.health.v1.Health/"
POLICY_HEADER = "ratelimit-policy"
STANDING_HEADER = "ratelimit"


class AddressLimitLayer:
    """Counts every call against its address, and public ones of the class AUTH against that besides.

    Health is not counted: a cluster asks for it often, from one address.
    """

    def __init__(
        self, limiter: Limiter, rates: Rates, policies: MethodPolicies, addresses: ClientAddresses
    ) -> None:
        self._limiter = limiter
        self._rates = rates
        self._policies = policies
        self._addresses = addresses

    @asynccontextmanager
    async def around(self, call: ServerCall) -> AsyncIterator[None]:
        """Raises ResourceExhausted when the address has used up a rate."""
        if not call.method.startswith(HEALTH_PREFIX):
            await self._admit(call)
        yield

    def admit(self, call: ServerCall, request: Any) -> None:
        """Any message passes."""

    async def _admit(self, call: ServerCall) -> None:
        address = self._addresses.of(call.context.peer(), call.metadata)
        policy = self._policies.policy(call.method)
        with _told(call):
            standings = [await self._limiter.admit(self._rates.address, address)]
            if policy is not None and _is_public_sign_in(policy):
                standings.insert(0, await self._limiter.admit(self._rates.auth, address, policy.cost or 1))
            _tell(call, standings)


class UserLimitLayer:
    """Counts calls of signed-in users by the class and cost of their method."""

    def __init__(self, limiter: Limiter, rates: Rates, policies: MethodPolicies) -> None:
        self._limiter = limiter
        self._rates = rates
        self._policies = policies

    @asynccontextmanager
    async def around(self, call: ServerCall) -> AsyncIterator[None]:
        """Raises ResourceExhausted when the user has used up the class's rate."""
        policy = self._policies.policy(call.method)
        if policy is not None and policy.access == options_pb2.ACCESS_USER:
            user_id = current_identity().user_id
            rate = self._rates.of_user(policy.limit_class)
            with _told(call):
                _tell(call, [await self._limiter.admit(rate, f"users/{user_id}", policy.cost or 1)])
        yield

    def admit(self, call: ServerCall, request: Any) -> None:
        """Any message passes."""


def _is_public_sign_in(policy: options_pb2.MethodPolicy) -> bool:
    return policy.access == options_pb2.ACCESS_PUBLIC and policy.limit_class == options_pb2.LIMIT_CLASS_AUTH


@contextmanager
def _told(call: ServerCall) -> Iterator[None]:
    """Says in a refusal, too, where the caller stands."""
    try:
        yield
    except TooManyCalls as error:
        _tell(call, [error.standing])
        raise


def _tell(call: ServerCall, standings: Sequence[Standing]) -> None:
    """Says where the caller stands, in the header fields of draft-ietf-httpapi-ratelimit-headers-10."""
    call.context.set_trailing_metadata(
        (
            (POLICY_HEADER, ", ".join(_policy(standing) for standing in standings)),
            (STANDING_HEADER, ", ".join(_standing(standing) for standing in standings)),
        )
    )


def _policy(standing: Standing) -> str:
    return f'"{standing.rate.name}";q={standing.rate.per_minute};w={WINDOW_SECONDS:.0f}'


def _standing(standing: Standing) -> str:
    return f'"{standing.rate.name}";r={standing.remaining};t={standing.full_in_seconds}'
