"""The gateway's public keys, as it publishes them (RFC 7517, 8037)."""

from __future__ import annotations

import base64

import grpc

from filmstudio.auth.v1 import auth_pb2, auth_pb2_grpc


async def fetch_keys(gateway: grpc.aio.Channel) -> dict[str, bytes]:
    """kid -> the 32 raw bytes of an Ed25519 public key. Raises grpc.aio.AioRpcError."""
    stub = auth_pb2_grpc.KeysServiceStub(gateway)
    keys = await stub.GetJwks(auth_pb2.GetJwksRequest())
    return {key.kid: base64.urlsafe_b64decode(key.x + "=" * (-len(key.x) % 4)) for key in keys.keys}
