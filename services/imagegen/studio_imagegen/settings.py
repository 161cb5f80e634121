"""Settings of the image generator."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from studio_imagegen.engines.openai.choices import StillChoice
from studio_imagegen.faces import FacesChoice
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

LANES_PER_PICTURE = 2
"""While one batch is drawn, the next one's orders wait and the last one's pictures are stored."""


class ImagegenSettings(GeneratorSettings, ProviderSettings):
    """The image generator: its engine, how many stills it makes at a time, and the model of diffusers."""

    imagegen_engine: Literal["storyboard", "diffusers", "openai", "null"] = Field(
        default="storyboard", description="The engine of this process: storyboard, diffusers, openai or null."
    )
    imagegen_lanes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Stills made at a time; 0: one a core, of diffusers two batches, of openai 8 (0 to 64).",
    )
    imagegen_model: str = Field(
        default="",
        max_length=1024,
        description="Of diffusers: the folder of a text-to-image pipeline, or its name on the hub.",
    )
    imagegen_model_revision: ModelRevision = ""
    imagegen_download: MayDownload = False
    imagegen_device: Device = "auto"
    imagegen_dtype: Dtype = "auto"
    imagegen_memory: Memory = "none"
    imagegen_savings: Savings = Field(
        default=(), description=f"More savings, with commas between: {', '.join(SAVINGS)}."
    )
    imagegen_steps: int = Field(
        default=0,
        ge=0,
        le=500,
        description="Steps of each picture; 0: as many as the pipeline's own (0 to 500).",
    )
    imagegen_guidance_permille: int = Field(
        default=0,
        ge=0,
        le=50_000,
        description="How closely pictures follow prompts, thousandths; 0: the pipeline's own (0 to 50000).",
    )
    imagegen_scheduler: Scheduler = ""
    imagegen_preview_steps: PreviewSteps = 4
    imagegen_preview_bytes_max: PreviewBytesMax = 8192
    imagegen_pixels_max: int = Field(
        default=1024 * 1024,
        ge=64 * 64,
        le=8192 * 8192,
        description="Most pixels that the model draws; larger stills are scaled up (4096 to 67108864).",
    )
    imagegen_model_sha256: str = Field(
        default="",
        pattern="^([0-9a-f]{64})?$",
        description="What the inventory of the model's folder must come to, as film models verify prints it;"
        " the weights are then read whole at each start. Empty: not asked.",
    )
    imagegen_gpus: int = Field(
        default=1,
        ge=1,
        le=16,
        description="GPUs of this process that draw at a time, the first ones it sees (1 to 16).",
    )
    imagegen_step_seconds_max: float = Field(
        default=300,
        ge=0,
        le=3600,
        description="Longest that a device may give no sign within a picture before the process ends and its"
        " orders go elsewhere, in seconds; 0: for ever (0 to 3600).",
    )
    imagegen_faces: Literal["none", "adapter", "image"] = Field(
        default="none",
        description="What keeps a character's face from shot to shot: none; adapter, an IP-Adapter shown"
        " their portrait; image, for models without one, a picture that begins from the portrait.",
    )
    imagegen_faces_adapter: str = Field(
        default="", max_length=1024, description="The IP-Adapter's folder, or its name on the hub."
    )
    imagegen_faces_weights: str = Field(
        default="sdxl_models/ip-adapter_sdxl.safetensors",
        max_length=300,
        description="The file of its weights in there.",
    )
    imagegen_faces_encoder: str = Field(
        default="image_encoder",
        max_length=300,
        description="The folder of its image encoder, beside the weights; with a slash: from the top.",
    )
    imagegen_faces_permille: int = Field(
        default=600,
        ge=1,
        le=999,
        description="How much the portrait counts, thousandths (1 to 999).",
    )
    imagegen_batch_max: int = Field(
        default=1, ge=1, le=32, description="Most stills of one size that diffusers draws at once (1 to 32)."
    )
    imagegen_batch_wait_ms: int = Field(
        default=20,
        ge=0,
        le=10_000,
        description="How long a still waits for others of its batch, ms (0 to 10000).",
    )

    imagegen_openai_base_url: str = Field(
        default="https://api.openai.com/v1",
        pattern=r"^https?://\S+$",
        description="Of openai: the address that speaks OpenAI's images, such as http://127.0.0.1:8000/v1.",
    )
    imagegen_openai_api_key: SecretStr = Field(
        default=SecretStr(""), description="Of openai: the key for that address; empty where it needs none."
    )
    imagegen_openai_model: str = Field(
        default="gpt-image-1", min_length=1, max_length=200, description="Of openai: the model's name there."
    )
    imagegen_openai_sizes: Annotated[CommaList, AfterValidator(checked_sizes)] = Field(
        default=("1024x1024", "1536x1024", "1024x1536"),
        description="Of openai: sizes that it draws, with commas between; stills are cut from the nearest.",
    )
    imagegen_openai_quality: str = Field(
        default="",
        max_length=50,
        description="Of openai: the quality asked for, in its words, such as low; empty: its own.",
    )
    imagegen_openai_extended: bool = Field(
        default=False,
        description="Of openai: whether it takes a seed and a negative prompt, as vLLM-Omni (true or false).",
    )
    imagegen_openai_faces: bool = Field(
        default=False,
        description="Of openai: whether the cast is drawn once and shown with each order (true or false).",
    )
    imagegen_openai_price_micros_per_call: int = Field(
        default=0,
        ge=0,
        le=MICROS_MAX,
        description="Of openai: the price of each picture, millionths of the currency (0 to 10^12).",
    )

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if self.imagegen_engine == "diffusers" and not self.imagegen_model:
            raise ValueError(
                "FILM_IMAGEGEN_MODEL: the engine diffusers needs a model: a folder, or a name of the hub"
            )
        return self

    @model_validator(mode="after")
    def _has_an_adapter(self) -> Self:
        if self.imagegen_faces == "adapter" and not self.imagegen_faces_adapter:
            raise ValueError(
                "FILM_IMAGEGEN_FACES_ADAPTER: faces by an adapter need one: a folder, or a name of the hub"
            )
        return self

    @property
    def lanes(self) -> int:
        """The lanes, with 0 resolved."""
        if self.imagegen_engine == "diffusers" and not self.imagegen_lanes:
            return LANES_PER_PICTURE * self.imagegen_batch_max * self.imagegen_gpus
        if self.imagegen_engine == "openai" and not self.imagegen_lanes:
            return self.openai_calls_max
        return lanes_of(self.imagegen_lanes)

    @property
    def model(self) -> ModelChoice:
        """The model of diffusers, and how it is run."""
        savings = dict.fromkeys((*PROFILES[self.imagegen_memory], *self.imagegen_savings))
        return ModelChoice(
            name=self.imagegen_model,
            revision=self.imagegen_model_revision,
            device=self.imagegen_device,
            dtype=self.imagegen_dtype,
            savings=tuple(savings),
            steps=self.imagegen_steps,
            guidance_permille=self.imagegen_guidance_permille,
            scheduler=self.imagegen_scheduler,
            pixels_max=self.imagegen_pixels_max,
            may_download=self.imagegen_download,
            previews=PreviewChoice(self.imagegen_preview_steps, self.imagegen_preview_bytes_max),
            sha256=self.imagegen_model_sha256,
        )

    @property
    def models(self) -> tuple[ModelChoice, ...]:
        """The model, once for each GPU."""
        if self.imagegen_gpus == 1:
            return (self.model,)
        return tuple(replace(self.model, device=f"cuda:{number}") for number in range(self.imagegen_gpus))

    @property
    def faces(self) -> FacesChoice:
        """What keeps a character's face."""
        return FacesChoice(
            self.imagegen_faces,
            self.imagegen_faces_adapter,
            self.imagegen_faces_weights,
            self.imagegen_faces_encoder,
            self.imagegen_faces_permille,
        )

    @property
    def still_choice(self) -> StillChoice:
        """The provider of openai, and how it is asked."""
        return StillChoice(
            provider=self.provider(
                self.imagegen_openai_base_url, self.imagegen_openai_model, self.imagegen_openai_api_key
            ),
            sizes=sizes_of(self.imagegen_openai_sizes),
            prices=self.prices(self.imagegen_openai_price_micros_per_call),
            quality=self.imagegen_openai_quality,
            is_extended=self.imagegen_openai_extended,
            keeps_faces=self.imagegen_openai_faces,
        )
