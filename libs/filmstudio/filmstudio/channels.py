"""The connection to a studio."""

from __future__ import annotations

from pathlib import Path

import grpc

from filmstudio.errors import RefusedError
from filmstudio.servers import Server

MESSAGE_MAX_BYTES = 4 * 1024 * 1024
METADATA_MAX_BYTES = 32 * 1024
RECONNECT_BACKOFF_MAX_MS = 1_000
KEEPALIVE_MS = 30_000
KEEPALIVE_TIMEOUT_MS = 10_000


def open_channel(server: Server, ca_file: Path | None = None) -> grpc.aio.Channel:
    """A channel, with TLS for https. Raises RefusedError for a file of authorities that can't be read."""
    options = [
        ("grpc.max_send_message_length", MESSAGE_MAX_BYTES),
        ("grpc.max_receive_message_length", MESSAGE_MAX_BYTES),
        # Between the two gRPC refuses by chance, from 8 KiB on; details of an error may have more.
        ("grpc.max_metadata_size", METADATA_MAX_BYTES),
        ("grpc.absolute_max_metadata_size", METADATA_MAX_BYTES),
        ("grpc.max_reconnect_backoff_ms", RECONNECT_BACKOFF_MAX_MS),
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
    ]
    if server.is_loopback:
        options.append(("grpc.enable_http_proxy", 0))
    if not server.secure:
        return grpc.aio.insecure_channel(server.target, options=options)
    credentials = grpc.ssl_channel_credentials(_authorities(ca_file))
    return grpc.aio.secure_channel(server.target, credentials, options=options)


def _authorities(ca_file: Path | None) -> bytes | None:
    """The PEM text; None trusts those that grpc brings."""
    if ca_file is None:
        return None
    try:
        return ca_file.read_bytes()
    except OSError as error:
        raise RefusedError(f"FILM_CA_FILE: {ca_file}: {error.strerror}") from error
