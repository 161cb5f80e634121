"""Settings of the job service."""

from __future__ import annotations

from pydantic import Field

from studio_platform.settings import (
    Address,
    BrokerSettings,
    DatabaseSettings,
    ObjectSettings,
    ServerSettings,
)


class JobsSettings(DatabaseSettings, BrokerSettings, ObjectSettings, ServerSettings):
    """The job service: how often its loops look by themselves, and who signs identities."""

    gateway_address: Address = Field(
        default="127.0.0.1:8484",
        description="Gateway whose public keys check identity tokens: host:port.",
    )
    outbox_poll_ms: int = Field(
        default=250, ge=10, le=10_000, description="How often the outbox is read without a wake-up, ms."
    )
    loop_poll_ms: int = Field(
        default=500, ge=10, le=10_000, description="How often the other loops look without a wake-up, ms."
    )
    sweep_interval_ms: int = Field(
        default=2_000, ge=100, le=600_000, description="How often lost orders are looked for, ms."
    )
