"""Settings of the job service."""

from __future__ import annotations

from pydantic import Field

from studio_platform.settings import (
    BrokerSettings,
    DatabaseSettings,
    KeySettings,
    ObjectSettings,
    ServerSettings,
)


class JobsSettings(DatabaseSettings, BrokerSettings, ObjectSettings, KeySettings, ServerSettings):
    """The job service: how often its loops look by themselves."""

    outbox_poll_ms: int = Field(
        default=250, ge=10, le=10_000, description="How often the outbox is read without a wake-up, ms."
    )
    loop_poll_ms: int = Field(
        default=500, ge=10, le=10_000, description="How often the other loops look without a wake-up, ms."
    )
    events_kept_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days that the events of a job are kept after its end; its last one stays (1 to 3650).",
    )
    sweep_interval_ms: int = Field(
        default=2_000, ge=100, le=600_000, description="How often lost orders are looked for, ms."
    )
