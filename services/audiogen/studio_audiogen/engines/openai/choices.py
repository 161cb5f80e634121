"""How speech is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from studio_models.provider.choices import FREE, Prices, ProviderChoice

OPENAI = ProviderChoice("https://api.openai.com/v1", "gpt-4o-mini-tts")
PCM_RATE_HZ = 24_000


@dataclass(frozen=True, slots=True)
class SpeechChoice:
    """The provider, which of its voices is whose (see voices.py), and what its model takes.

    `sound_format` is what it answers with: a WAV file, or bare samples of 16 bits, mono, at 24 kHz.
    `is_directed` says that the model reads how a line is to be said.
    """

    provider: ProviderChoice = OPENAI
    voices: Mapping[str, str] = field(default_factory=dict)
    prices: Prices = FREE
    sound_format: Literal["wav", "pcm"] = "wav"
    is_directed: bool = True

    def key(self) -> str:
        """What decides a speech besides its order, as 16 digits."""
        return self.provider.key(sorted(self.voices.items()), self.is_directed)
