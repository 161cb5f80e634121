"""Settings of the audio generator."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FilePath, SecretStr, model_validator

from studio_audiogen.engines.openai.choices import SpeechChoice
from studio_audiogen.engines.openai.voices import checked_voices, read_voices
from studio_models.choices import SAVINGS, ModelChoice
from studio_models.fields import Device, Dtype, MayDownload, ModelRevision, Savings, Scheduler
from studio_models.provider.settings import MICROS_MAX, ProviderSettings
from studio_platform.generator import GeneratorSettings, known_engines, lanes_of
from studio_platform.settings import CommaList

ENGINES = (
    *("kokoro", "score", "effects", "diffusers-music", "diffusers-effects", "openai"),
    *("null-speech", "null-music", "null-effects"),
)


class AudiogenSettings(GeneratorSettings, ProviderSettings):
    """The audio generator: which engines this process hosts, each a pool of its own, and their files."""

    audiogen_engines: Annotated[CommaList, AfterValidator(partial(known_engines, offered=ENGINES))] = Field(
        default=("kokoro", "score", "effects"),
        description=f"Engines of this process, one pool each, with commas between: {', '.join(ENGINES)}.",
    )
    audiogen_voices_dir: Path = Field(
        default=Path(".assets/kokoro"),
        description="Folder that scripts/voices.py laid out with Kokoro's model and voices.",
    )
    audiogen_soundfont: FilePath | None = Field(
        default=None,
        description="A soundfont (SF2, SF3) that plays the music; unset: the studio's own instruments.",
    )
    audiogen_threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Phrases said at a time; 0: one a core (0 to 256).",
    )
    audiogen_openai_base_url: str = Field(
        default="https://api.openai.com/v1",
        pattern=r"^https?://\S+$",
        description="Of openai: the address that speaks OpenAI's audio, such as http://127.0.0.1:8000/v1.",
    )
    audiogen_openai_api_key: SecretStr = Field(
        default=SecretStr(""), description="Of openai: the key for that address; empty where it needs none."
    )
    audiogen_openai_model: str = Field(
        default="gpt-4o-mini-tts",
        min_length=1,
        max_length=200,
        description="Of openai: the model's name there.",
    )
    audiogen_openai_voices: Annotated[CommaList, AfterValidator(checked_voices)] = Field(
        default=(),
        description="Of openai: whose voice is which of its, such as af_heart=nova,*=alloy; empty: OpenAI's.",
    )
    audiogen_openai_format: Literal["wav", "pcm"] = Field(
        default="wav", description="Of openai: the form of its sound, wav, or pcm of 24 kHz, mono, 16 bits."
    )
    audiogen_openai_directed: bool = Field(
        default=True,
        description="Of openai: whether its model reads how a line is said; tts-1 does not (true or false).",
    )
    audiogen_openai_price_micros_per_call: int = Field(
        default=0,
        ge=0,
        le=MICROS_MAX,
        description="Of openai: the price of each line, millionths of the currency (0 to 10^12).",
    )

    audiogen_model: str = Field(
        default="",
        max_length=1024,
        description="Of diffusers: the folder of a text-to-audio pipeline, or its name on the hub.",
    )
    audiogen_model_revision: ModelRevision = ""
    audiogen_download: MayDownload = False
    audiogen_device: Device = "auto"
    audiogen_dtype: Dtype = "auto"
    audiogen_savings: Savings = Field(
        default=(), description=f"Savings of memory, with commas between: {', '.join(SAVINGS)}."
    )
    audiogen_steps: int = Field(
        default=0,
        ge=0,
        le=500,
        description="Steps of each piece of sound; 0: as many as the pipeline's own (0 to 500).",
    )
    audiogen_guidance_permille: int = Field(
        default=0,
        ge=0,
        le=50_000,
        description="How closely sounds follow prompts, thousandths; 0: the pipeline's own (0 to 50000).",
    )
    audiogen_scheduler: Scheduler = ""
    audiogen_seconds_max: float = Field(
        default=0,
        ge=0,
        le=600,
        description="Longest piece of the model, s; longer sounds are chained. 0: its own (0 to 600).",
    )

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if any(name.startswith("diffusers") for name in self.audiogen_engines) and not self.audiogen_model:
            raise ValueError(
                "FILM_AUDIOGEN_MODEL: the engines of diffusers need a model: a folder, or a name of the hub"
            )
        return self

    @property
    def model(self) -> ModelChoice:
        """The model of diffusers, and how it is run."""
        return ModelChoice(
            name=self.audiogen_model,
            revision=self.audiogen_model_revision,
            device=self.audiogen_device,
            dtype=self.audiogen_dtype,
            savings=self.audiogen_savings,
            steps=self.audiogen_steps,
            guidance_permille=self.audiogen_guidance_permille,
            scheduler=self.audiogen_scheduler,
            may_download=self.audiogen_download,
        )

    @property
    def speech_threads(self) -> int:
        """The threads of speech, with 0 resolved to the cores of this machine."""
        return lanes_of(self.audiogen_threads)

    @property
    def speech_choice(self) -> SpeechChoice:
        """The provider of openai, and how it is asked."""
        return SpeechChoice(
            provider=self.provider(
                self.audiogen_openai_base_url, self.audiogen_openai_model, self.audiogen_openai_api_key
            ),
            voices=read_voices(self.audiogen_openai_voices),
            prices=self.prices(self.audiogen_openai_price_micros_per_call),
            sound_format=self.audiogen_openai_format,
            is_directed=self.audiogen_openai_directed,
        )

    def lanes_of_engine(self, name: str) -> int:
        """How many orders an engine of this process works on at a time."""
        if name == "openai":
            return self.openai_calls_max
        # All speech runs share one pool of threads, so as many may wait as there are threads.
        return self.speech_threads if name == "kokoro" else 1
