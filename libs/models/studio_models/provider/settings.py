"""Settings of every engine that asks a provider."""

from __future__ import annotations

from pydantic import Field, SecretStr

from studio_models.provider.choices import Prices, ProviderChoice
from studio_platform.settings import StudioSettings

MICROS_MAX = 10**12


class ProviderSettings(StudioSettings):
    """Engines that ask a provider: how patient they are, and what each pool may spend."""

    openai_timeout_seconds: float = Field(
        default=180.0, ge=1, le=3600, description="Longest answer of a provider, in seconds (1 to 3600)."
    )
    openai_calls_max: int = Field(
        default=8, ge=1, le=64, description="Most calls of a provider at a time by one process (1 to 64)."
    )
    openai_tries_max: int = Field(
        default=4,
        ge=1,
        le=10,
        description="How often a call is made that the provider is too busy for or away (1 to 10).",
    )
    openai_wait_max_seconds: float = Field(
        default=120.0,
        ge=0,
        le=3600,
        description="Longest wait that a provider may ask for before a call is given up (0 to 3600).",
    )
    openai_hour_max_micros: int = Field(
        default=0,
        ge=0,
        le=MICROS_MAX,
        description="Most that a pool may spend in an hour, millionths of the currency; 0: no limit.",
    )
    openai_day_max_micros: int = Field(
        default=0,
        ge=0,
        le=MICROS_MAX,
        description="Most that a pool may spend in 24 hours, millionths of the currency; 0: no limit.",
    )

    def provider(self, base_url: str, model: str, api_key: SecretStr) -> ProviderChoice:
        """The provider at an address, asked as these settings say."""
        return ProviderChoice(
            base_url=base_url,
            model=model,
            api_key=api_key.get_secret_value(),
            timeout_seconds=self.openai_timeout_seconds,
            calls_max=self.openai_calls_max,
            tries_max=self.openai_tries_max,
            wait_max_seconds=self.openai_wait_max_seconds,
        )

    def prices(self, call_micros: int) -> Prices:
        """What a pool pays a call, within these settings' limits."""
        return Prices(call_micros, self.openai_hour_max_micros, self.openai_day_max_micros)
