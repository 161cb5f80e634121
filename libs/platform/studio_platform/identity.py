"""Who a call is for: the identity, the gateway's short-lived internal tokens, and how services check them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from studio_platform.errors import Unauthenticated, Unavailable

ISSUER = "filmstudio-gateway"
CLOCK_SKEW_SECONDS = 10
ALGORITHM = "EdDSA"
TOKEN_LENGTH_MAX_CHARS = 8192

UnixSeconds = Callable[[], float]


@dataclass(frozen=True, slots=True)
class TokenKind:
    """What a token is for: neither kind passes for the other."""

    audience: str
    token_type: str
    lifetime_seconds: int


ACCESS_TOKEN = TokenKind("filmstudio", "at+jwt", 600)
"""What clients send with each call to the gateway, and operators to a generator: 10 minutes (RFC 9068)."""

INTERNAL_TOKEN = TokenKind("filmstudio-internal", "film-internal+jwt", 60)
"""What the gateway sends inward; clients never see one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller: ids are UUID texts, `limits` are quotas by name (counts or seconds, as the name says)."""

    user_id: str
    workspace_id: str
    scopes: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    session_id: str = ""

    def has_scope(self, scope: str) -> bool:
        """True if the caller may do what `scope` names; the empty scope is everybody's."""
        return not scope or scope in self.scopes


_current: ContextVar[Identity | None] = ContextVar("filmstudio_identity", default=None)


def current_identity() -> Identity:
    """The identity of the RPC being served. Raises Unauthenticated where the method is public."""
    identity = _current.get()
    if identity is None:
        raise Unauthenticated("NOT_SIGNED_IN", "Sign in first.")
    return identity


def set_current_identity(identity: Identity | None) -> None:
    """Sets the identity for the rest of this task; the identity layer calls it, and tests do."""
    _current.set(identity)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key and the `kid` under which its public half is published."""

    kid: str
    private_key: Ed25519PrivateKey


class TokenSigner:
    """Signs tokens of one kind, each by the key in use; only the gateway holds one."""

    def __init__(self, key: SigningKey, kind: TokenKind, now: UnixSeconds = time.time) -> None:
        self._key = key
        self._kind = kind
        self._now = now

    def use(self, key: SigningKey) -> None:
        """Sign by this key from now on; what was signed before stays good while its key is published."""
        self._key = key

    def sign(self, identity: Identity) -> tuple[str, int]:
        """A token for `identity` and when it ends, in Unix seconds."""
        issued = int(self._now())
        expires = issued + self._kind.lifetime_seconds
        claims = {
            "iss": ISSUER,
            "aud": self._kind.audience,
            "iat": issued,
            "exp": expires,
            "sub": identity.user_id,
            "sid": identity.session_id,
            "wsp": identity.workspace_id,
            "scp": sorted(identity.scopes),
            "rol": sorted(identity.roles),
            "lim": dict(identity.limits),
        }
        headers = {"kid": self._key.kid, "typ": self._kind.token_type}
        return jwt.encode(claims, self._key.private_key, algorithm=ALGORITHM, headers=headers), expires


class KeySource(Protocol):
    """Where the public keys of the gateway come from."""

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key called `kid`; None if there is none. Raises Unavailable when nobody can say."""
        ...


class IdentityTokenVerifier:
    """Checks tokens of one kind; a token that was good once is looked up until it ends."""

    def __init__(
        self,
        keys: KeySource,
        kind: TokenKind,
        now: UnixSeconds = time.time,
        cached_tokens_max: int = 4096,
    ) -> None:
        self._keys = keys
        self._kind = kind
        self._now = now
        self._cached_tokens_max = cached_tokens_max
        self._verified: OrderedDict[str, tuple[int, Identity]] = OrderedDict()

    async def verify(self, token: str) -> Identity:
        """The identity in `token`. Raises Unauthenticated, with the reason for operators only."""
        cached = self._verified.get(token)
        if cached is not None and cached[0] > self._now():
            self._verified.move_to_end(token)
            return cached[1]
        claims = await verified_claims(token, self._keys, self._kind, self._now)
        identity = _identity(claims)
        self._verified[token] = (_whole_seconds(claims, "exp"), identity)
        while len(self._verified) > self._cached_tokens_max:
            self._verified.popitem(last=False)
        return identity


class InternalTokenVerifier(IdentityTokenVerifier):
    """Checks the tokens that the gateway sends inward: what every service but the gateway uses."""

    def __init__(self, keys: KeySource, now: UnixSeconds = time.time, cached_tokens_max: int = 4096) -> None:
        super().__init__(keys, INTERNAL_TOKEN, now, cached_tokens_max)


async def verified_claims(
    token: str, keys: KeySource, kind: TokenKind, now: UnixSeconds
) -> dict[str, object]:
    """The claims of an EdDSA token of the gateway: algorithm, type, key, issuer, audience, times checked.

    Raises Unauthenticated for every fault (RFC 8725); Unavailable if the keys can't be had.
    """
    key = await keys.public_key(_key_id(token, kind.token_type))
    if key is None:
        raise _refused("its key is unknown")
    try:
        claims: dict[str, object] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=kind.audience,
            issuer=ISSUER,
            options={
                "require": ["exp", "iat", "sub", "aud", "iss"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError as error:
        raise _refused(str(error)) from error
    if _whole_seconds(claims, "exp") <= now() - CLOCK_SKEW_SECONDS:
        raise _refused("it is over")
    if _whole_seconds(claims, "iat") > now() + CLOCK_SKEW_SECONDS:
        raise _refused("it is from the future")
    return claims


def _key_id(token: str, token_type: str) -> str:
    if len(token) > TOKEN_LENGTH_MAX_CHARS:
        raise _refused(f"it is longer than {TOKEN_LENGTH_MAX_CHARS} characters")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise _refused(str(error)) from error
    if header.get("typ") != token_type:
        raise _refused(f"its type is {header.get('typ')!r}")
    return str(header.get("kid", ""))


def _whole_seconds(claims: Mapping[str, object], name: str) -> int:
    value = claims[name]
    if not isinstance(value, int):
        raise _refused(f"{name} is no whole number of seconds")
    return value


def _refused(why: str) -> Unauthenticated:
    return Unauthenticated("TOKEN_INVALID", "Sign in again.", f"token refused: {why}")


def _identity(claims: Mapping[str, object]) -> Identity:
    limits = claims.get("lim", {})
    if not isinstance(limits, dict):
        raise _refused("limits are no object")
    return Identity(
        user_id=str(claims["sub"]),
        workspace_id=str(claims.get("wsp", "")),
        session_id=str(claims.get("sid", "")),
        scopes=_texts(claims.get("scp")),
        roles=_texts(claims.get("rol")),
        limits={str(name): int(value) for name, value in limits.items()},
    )


def _texts(claim: object) -> frozenset[str]:
    return frozenset(str(part) for part in claim) if isinstance(claim, list) else frozenset()


class StaticKeys:
    """A KeySource of keys already at hand: the gateway's own, and a test's."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = dict(keys)

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key called `kid`, or None."""
        return self._keys.get(kid)


class FetchedKeys:
    """A KeySource that fetches the key set when it meets a `kid` that it does not know.

    `fetch` asks the gateway (KeysService.GetJwks) and answers kid -> 32 raw bytes of the public key.
    Unknown kids cause at most one fetch in `refetch_after_seconds`, so forged tokens can't flood it.
    A gateway that is away raises Unavailable for unknown kids and nothing for known ones. Keys older than
    `keep_seconds` are fetched anew by one caller, while the others go on with those that are known.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Mapping[str, bytes]]],
        now: UnixSeconds = time.monotonic,
        refetch_after_seconds: float = 5.0,
        keep_seconds: float = 600.0,
    ) -> None:
        self._fetch = fetch
        self._now = now
        self._refetch_after_seconds = refetch_after_seconds
        self._keep_seconds = keep_seconds
        self._keys: Mapping[str, Ed25519PublicKey] = {}
        self._fetched_at: float | None = None

    async def public_key(self, kid: str) -> Ed25519PublicKey | None:
        """The key called `kid`, fetched if need be. Raises Unavailable if that fails."""
        known = self._keys.get(kid)
        if self._age() < (self._keep_seconds if known is not None else self._refetch_after_seconds):
            return known
        if known is not None:
            # The others use what is known while this one asks, and if it fails for a while after it.
            self._fetched_at = self._now() - self._keep_seconds + self._refetch_after_seconds
        try:
            fetched = await self._fetch()
        except (Unavailable, grpc.aio.AioRpcError) as error:
            if known is not None:
                return known
            raise Unavailable("KEYS_UNAVAILABLE", "Try again shortly.", f"no keys: {error}") from error
        self._keys = {name: Ed25519PublicKey.from_public_bytes(raw) for name, raw in fetched.items()}
        self._fetched_at = self._now()
        return self._keys.get(kid)

    def _age(self) -> float:
        return float("inf") if self._fetched_at is None else self._now() - self._fetched_at
