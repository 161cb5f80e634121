"""Settings of the video generator."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from studio_models.choices import PROFILES, SAVINGS, ModelChoice, PreviewChoice
from studio_models.fields import (
    Device,
    Dtype,
    MayDownload,
    Memory,
    ModelRevision,
    PreviewBytesMax,
    PreviewSteps,
    Savings,
    Scheduler,
)
from studio_models.provider.settings import MICROS_MAX, ProviderSettings
from studio_models.provider.shapes import checked_sizes, sizes_of
from studio_platform.generator import GeneratorSettings, lanes_of
from studio_platform.settings import CommaList
from studio_videogen.engines.openai.choices import ClipChoice, checked_lengths

DIFFUSERS_LANES = 2
"""While the device makes one clip's footage, the other's frames are encoded and stored."""


class VideogenSettings(GeneratorSettings, ProviderSettings):
    """The video generator: its engine, how many clips it makes at a time, and its model or provider."""

    videogen_engine: Literal["camera", "diffusers", "openai", "null"] = Field(
        default="camera", description="The engine of this process: camera, diffusers, openai or null."
    )
    videogen_lanes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Clips made at a time; 0: one a core, of diffusers two, of openai 8 (0 to 64).",
    )
    videogen_fallback: Literal["none", "camera"] = Field(
        default="none",
        description="What makes a clip that diffusers fails at: none, so that it fails, or camera.",
    )
    videogen_model: str = Field(
        default="",
        max_length=1024,
        description="Of diffusers: the folder of an image-to-video pipeline, or its name on the hub.",
    )
    videogen_model_revision: ModelRevision = ""
    videogen_download: MayDownload = False
    videogen_device: Device = "auto"
    videogen_dtype: Dtype = "auto"
    videogen_memory: Memory = "none"
    videogen_savings: Savings = Field(
        default=(), description=f"More savings, with commas between: {', '.join(SAVINGS)}."
    )
    videogen_steps: int = Field(
        default=0,
        ge=0,
        le=500,
        description="Steps of each window of frames; 0: as many as the pipeline's own (0 to 500).",
    )
    videogen_guidance_permille: int = Field(
        default=0,
        ge=0,
        le=50_000,
        description="How closely clips follow prompts, thousandths; 0: the pipeline's own (0 to 50000).",
    )
    videogen_scheduler: Scheduler = ""
    videogen_preview_steps: PreviewSteps = 4
    videogen_preview_bytes_max: PreviewBytesMax = 8192
    videogen_negative_prompt: str = Field(
        default="worst quality, inconsistent motion, blurry, jittery, distorted",
        max_length=2000,
        description="What clips shall not show, for models that read it; at most 2000 characters.",
    )
    videogen_pixels_max: int = Field(
        default=0,
        ge=0,
        le=8192 * 8192,
        description="Most pixels of a frame that the model draws; 0: the pipeline's own (0 to 67108864).",
    )
    videogen_frames_max: int = Field(
        default=0,
        ge=0,
        le=2000,
        description="Most frames of one window; longer shots are chained. 0: the pipeline's own (0 to 2000).",
    )
    videogen_rate_hz: int = Field(
        default=0,
        ge=0,
        le=120,
        description="Frames a second that the model makes; 0: what is known of it (0 to 120).",
    )
    videogen_retiming: Literal["interpolate", "hold"] = Field(
        default="interpolate",
        description="What is shown between two frames of the model: interpolate, or hold the nearer one.",
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
    def _has_a_model(self) -> Self:
        if self.videogen_engine == "diffusers" and not self.videogen_model:
            raise ValueError(
                "FILM_VIDEOGEN_MODEL: the engine diffusers needs a model: a folder, or a name of the hub"
            )
        return self

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
        if self.videogen_lanes:
            return lanes_of(self.videogen_lanes)
        if self.videogen_engine == "diffusers":
            return DIFFUSERS_LANES
        return self.openai_calls_max if self.videogen_engine == "openai" else lanes_of(0)

    @property
    def model(self) -> ModelChoice:
        """The model of diffusers, and how it is run."""
        savings = dict.fromkeys((*PROFILES[self.videogen_memory], *self.videogen_savings))
        return ModelChoice(
            name=self.videogen_model,
            revision=self.videogen_model_revision,
            device=self.videogen_device,
            dtype=self.videogen_dtype,
            savings=tuple(savings),
            steps=self.videogen_steps,
            guidance_permille=self.videogen_guidance_permille,
            scheduler=self.videogen_scheduler,
            pixels_max=self.videogen_pixels_max,
            may_download=self.videogen_download,
            previews=PreviewChoice(self.videogen_preview_steps, self.videogen_preview_bytes_max),
        )

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
