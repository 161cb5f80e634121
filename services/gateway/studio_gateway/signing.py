"""The gateway's signing keys: kept in the store, published as a key set, replaced every 90 days."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from studio_gateway.account import AccountStore, StoredKey
from studio_platform.clock import Clock
from studio_platform.errors import Unavailable
from studio_platform.identity import SigningKey, TokenSigner
from studio_platform.logs import get_logger

KEY_LIFETIME = timedelta(days=90)
PUBLISHED_AHEAD = timedelta(minutes=15)
"""A new key signs nothing before everybody knows it: who checks tokens fetches the set every 10 minutes."""

KEPT_PUBLISHED = timedelta(days=1)
"""For so long after its last use a key stays published; what it signed ended 10 minutes after that."""

KEY_ID_BYTES = 9
LOOK_SECONDS = 300.0

_log = get_logger(__name__)


async def ensure_signing_key(store: AccountStore, clock: Clock) -> SigningKey:
    """The key to sign with; makes the next one if none is younger than KEY_LIFETIME.

    Older keys stay published, so that what they signed stays good until it ends.
    """
    now = clock.now()
    await store.add_signing_key(_new_key(now), unless_newer_than=now - KEY_LIFETIME)
    await store.retire_signing_keys(now - KEY_LIFETIME - PUBLISHED_AHEAD - KEPT_PUBLISHED, now)
    used = _in_use(await store.signing_keys(), now)
    return SigningKey(used.kid, Ed25519PrivateKey.from_private_bytes(used.private_bytes))


async def rotate_keys(
    store: AccountStore, clock: Clock, signers: Sequence[TokenSigner], stopping: asyncio.Event
) -> None:
    """Lets the signers use the key that is due, looked at every LOOK_SECONDS, until `stopping` is set."""
    while not stopping.is_set():
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await stopping.wait()
        except TimeoutError:
            await use_key_that_is_due(store, clock, signers)


async def use_key_that_is_due(store: AccountStore, clock: Clock, signers: Sequence[TokenSigner]) -> None:
    """Lets the signers use it; a database that is away is asked the next time."""
    try:
        key = await ensure_signing_key(store, clock)
    except Unavailable as error:
        _log.warning("signing keys not looked at", error=error.log_text)
        return
    for signer in signers:
        signer.use(key)


async def public_keys(store: AccountStore) -> Mapping[str, bytes]:
    """kid -> the 32 raw bytes of the public key, the newest first."""
    return {key.kid: _public_bytes(key) for key in await store.signing_keys()}


def _in_use(keys: Sequence[StoredKey], now: datetime) -> StoredKey:
    """The newest that was published long enough ago; in a new studio the only one."""
    return next((key for key in keys if key.created_at <= now - PUBLISHED_AHEAD), keys[-1])


def _new_key(now: datetime) -> StoredKey:
    kid = base64.urlsafe_b64encode(secrets.token_bytes(KEY_ID_BYTES)).decode()
    return StoredKey(kid, Ed25519PrivateKey.generate().private_bytes_raw(), now)


def _public_bytes(key: StoredKey) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(key.private_bytes).public_key().public_bytes_raw()
