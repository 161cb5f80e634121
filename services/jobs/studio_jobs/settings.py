"""Settings of the job service."""

from __future__ import annotations

from pydantic import Field, SecretStr, model_validator

from studio_jobs.production import SHOTS_MAX
from studio_jobs.store.quotas import Limits
from studio_platform.settings import (
    BrokerSettings,
    DatabaseSettings,
    KeySettings,
    ObjectSettings,
    PublicSettings,
    ServerSettings,
)


class JobsSettings(
    DatabaseSettings, BrokerSettings, ObjectSettings, KeySettings, PublicSettings, ServerSettings
):
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
    jobs_kept_days: int = Field(
        default=0,
        ge=0,
        le=3650,
        description="Days that a job is kept after its end, with what it alone needs (1 to 3650); 0: always.",
    )
    garbage_grace_hours: int = Field(
        default=168,
        ge=6,
        le=8760,
        description="Hours that an artifact is kept after its last reference is gone (6 to 8760).",
    )
    sweep_interval_ms: int = Field(
        default=2_000, ge=100, le=600_000, description="How often lost orders are looked for, ms."
    )
    webhook_private_addresses: bool = Field(
        default=False,
        description="Whether webhooks may use private and loopback addresses, and http (true or false).",
    )
    webhook_log_kept_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days that messages to webhooks are kept in their log (1 to 365).",
    )
    webhook_failing_hours_max: int = Field(
        default=120,
        ge=1,
        le=8760,
        description="Hours without a success after which a webhook is disabled (1 to 8760).",
    )
    quota_unfinished_jobs_max: int = Field(
        default=1_000,
        ge=1,
        le=100_000,
        description=(
            "Jobs of one workspace that are not at their end (1 to 100,000), unless it has its own limit."
        ),
    )
    quota_shots_per_film_max: int = Field(
        default=SHOTS_MAX,
        ge=1,
        le=SHOTS_MAX,
        description="Shots of one film (1 to 3,000), unless the workspace has its own limit.",
    )
    quota_gpu_seconds_per_month: int = Field(
        default=0,
        ge=0,
        le=1_000_000_000,
        description=(
            "Seconds that engines may run for one workspace in a month, before it can start no more jobs, "
            "unless it has its own limit; 0: no limit."
        ),
    )
    price_currency: str = Field(
        default="EUR",
        pattern=r"^[A-Z]{3}$",
        description="What the pools' prices and jobs' budgets are in, ISO 4217, such as EUR.",
    )
    moderation_base_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="OpenAI-compatible address of a moderation model, such as https://api.openai.com/v1; "
        "empty: a local list of rules, and nothing leaves the studio.",
    )
    moderation_api_key: SecretStr = Field(
        default=SecretStr(""), description="Key for that address; empty where it needs none."
    )
    moderation_model: str = Field(
        default="omni-moderation-latest", min_length=1, max_length=200, description="Name of the model there."
    )
    moderation_timeout_seconds: float = Field(
        default=20.0, ge=1, le=59, description="Longest answer of that model, in seconds (1 to 59)."
    )
    moderation_pictures: bool = Field(
        default=True,
        description="Whether that model judges pictures, as omni-moderation does (true or false); false lets "
        "all brought pictures pass unseen.",
    )
    script_help_base_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="OpenAI-compatible address of the model that helps with screenplays, such as "
        "http://127.0.0.1:8000/v1; empty: rules help, and nothing leaves the studio.",
    )
    script_help_api_key: SecretStr = Field(
        default=SecretStr(""), description="Key for that address; empty where it needs none."
    )
    script_help_model: str = Field(
        default="", max_length=200, description="Name of the model there; needed with an address."
    )
    script_help_timeout_seconds: float = Field(
        default=50.0, ge=1, le=59, description="Longest answer of the model, in seconds (1 to 59)."
    )
    script_help_answer_tokens_max: int = Field(
        default=8_000,
        ge=256,
        le=200_000,
        description="Longest answer of the model, in its tokens (256 to 200,000).",
    )

    def quotas(self) -> Limits:
        """What workspaces may render that have no limits of their own."""
        return Limits(
            self.quota_unfinished_jobs_max, self.quota_shots_per_film_max, self.quota_gpu_seconds_per_month
        )

    @model_validator(mode="after")
    def _model_is_named(self) -> JobsSettings:
        if self.script_help_base_url and not self.script_help_model:
            raise ValueError("FILM_SCRIPT_HELP_BASE_URL needs FILM_SCRIPT_HELP_MODEL, the model's name, too")
        return self
