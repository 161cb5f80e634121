"""The gateway's signing keys: kept in the store, published as a key set, replaced every 90 days."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from studio_gateway.account import AccountStore, StoredKey
from studio_platform.clock import Clock
from studio_platform.identity import SigningKey

KEY_LIFETIME = timedelta(days=90)
KEY_ID_BYTES = 9


async def ensure_signing_key(store: AccountStore, clock: Clock) -> SigningKey:
    """The newest key; makes one if there is none younger than KEY_LIFETIME.

    Older keys stay published, so that what they signed stays good until it ends.
    """
    now = clock.now()
    candidate = _new_key(now)
    await store.add_signing_key(candidate, unless_newer_than=now - KEY_LIFETIME)
    newest = (await store.signing_keys())[0]
    return SigningKey(newest.kid, Ed25519PrivateKey.from_private_bytes(newest.private_bytes))


async def public_keys(store: AccountStore) -> Mapping[str, bytes]:
    """kid -> the 32 raw bytes of the public key, the newest first."""
    return {key.kid: _public_bytes(key) for key in await store.signing_keys()}


def _new_key(now: datetime) -> StoredKey:
    kid = base64.urlsafe_b64encode(secrets.token_bytes(KEY_ID_BYTES)).decode()
    return StoredKey(kid, Ed25519PrivateKey.generate().private_bytes_raw(), now)


def _public_bytes(key: StoredKey) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(key.private_bytes).public_key().public_bytes_raw()
