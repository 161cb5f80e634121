"""Settings of the audio generator."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, FilePath, SecretStr

from studio_audiogen.engines.openai.choices import SpeechChoice
from studio_audiogen.engines.openai.voices import checked_voices, read_voices
from studio_models.provider.settings import MICROS_MAX, ProviderSettings
from studio_platform.generator import GeneratorSettings, known_engines, lanes_of
from studio_platform.settings import CommaList

ENGINES = ("kokoro", "score", "effects", "openai", "null-speech", "null-music", "null-effects")


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
