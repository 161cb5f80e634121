"""Settings of the video generator."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from studio_models.provider.settings import MICROS_MAX, ProviderSettings
from studio_models.provider.shapes import checked_sizes, sizes_of
from studio_platform.generator import GeneratorSettings, lanes_of
from studio_platform.settings import CommaList
from studio_videogen.engines.openai.choices import ClipChoice, checked_lengths


class VideogenSettings(GeneratorSettings, ProviderSettings):
    """The video generator: its engine, and how many clips it makes at a time."""

    videogen_engine: Literal["camera", "openai", "null"] = Field(
        default="camera", description="The engine of this process: camera, openai or null."
    )
    videogen_lanes: int = Field(
        default=0, ge=0, le=64, description="Clips made at a time; 0: one a core, of openai 8 (0 to 64)."
    )
    videogen_openai_base_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        description="Of openai: the address that speaks OpenAI's videos, such as http://127.0.0.1:8000/v1.",
    )
    videogen_openai_api_key: SecretStr = Field(
        default=SecretStr(""), description="Of openai: the key for that address; empty where it needs none."
    )
    videogen_openai_model: str = Field(
        default="", max_length=200, description="Of openai: the model's name there."
    )
    videogen_openai_sizes: Annotated[CommaList, AfterValidator(checked_sizes)] = Field(
        default=("1280x720", "720x1280"),
        description="Of openai: sizes that it makes, with commas between; clips are cut from the nearest.",
    )
    videogen_openai_seconds: Annotated[CommaList, AfterValidator(checked_lengths)] = Field(
        default=("4", "8", "12"),
        description="Of openai: lengths that it makes, whole seconds, rising; longer shots are chained.",
    )
    videogen_openai_poll_seconds: float = Field(
        default=5.0,
        ge=0.05,
        le=60,
        description="Of openai: how often it is asked whether a clip is made, in seconds (0.05 to 60).",
    )
    videogen_openai_extended: bool = Field(
        default=False, description="Of openai: whether it takes a seed, as vLLM-Omni (true or false)."
    )
    videogen_openai_price_micros_per_call: int = Field(
        default=0,
        ge=0,
        le=MICROS_MAX,
        description="Of openai: the price of each clip, millionths of the currency (0 to 10^12).",
    )

    @model_validator(mode="after")
    def _has_a_provider(self) -> Self:
        asked = self.videogen_engine == "openai"
        if asked and not (self.videogen_openai_base_url and self.videogen_openai_model):
            raise ValueError(
                "FILM_VIDEOGEN_OPENAI_BASE_URL and FILM_VIDEOGEN_OPENAI_MODEL: the engine openai needs both, "
                "for OpenAI itself makes no more videos"
            )
        return self

    @property
    def lanes(self) -> int:
        """The lanes, with 0 resolved to the cores of this machine, or to what a provider may be asked."""
        if self.videogen_engine == "openai" and not self.videogen_lanes:
            return self.openai_calls_max
        return lanes_of(self.videogen_lanes)

    @property
    def clip_choice(self) -> ClipChoice:
        """The provider of openai, and how it is asked."""
        return ClipChoice(
            provider=self.provider(
                self.videogen_openai_base_url, self.videogen_openai_model, self.videogen_openai_api_key
            ),
            sizes=sizes_of(self.videogen_openai_sizes),
            lengths_seconds=tuple(int(text) for text in self.videogen_openai_seconds),
            prices=self.prices(self.videogen_openai_price_micros_per_call),
            poll_seconds=self.videogen_openai_poll_seconds,
            is_extended=self.videogen_openai_extended,
        )
