"""The engines by the names that settings use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from studio_audiogen.engines.diffusers import engine as diffusers
from studio_audiogen.engines.effects.engine import EffectsEngine
from studio_audiogen.engines.fitting import FittingEngine
from studio_audiogen.engines.kokoro.engine import KokoroEngine
from studio_audiogen.engines.null import NullEngine
from studio_audiogen.engines.openai.choices import SpeechChoice
from studio_audiogen.engines.openai.engine import OpenAISpeechEngine
from studio_audiogen.engines.score.engine import ScoreEngine
from studio_models.choices import ModelChoice
from studio_platform.engine import Engine

OPENAI = SpeechChoice()


def engines(
    voices_dir: Path,
    speech_threads: int,
    soundfont: Path | None = None,
    model: ModelChoice | None = None,
    model_seconds_max: float = 0,
    speech: SpeechChoice = OPENAI,
) -> Mapping[str, Callable[[], Engine[Any]]]:
    """Return how each engine is built; nothing is built, loaded or imported heavily before it is called."""
    return {
        "kokoro": lambda: FittingEngine(KokoroEngine(voices_dir, speech_threads)),
        "score": lambda: ScoreEngine(soundfont),
        "effects": EffectsEngine,
        **diffusers.engines(model or ModelChoice(""), model_seconds_max),
        "openai": lambda: FittingEngine(OpenAISpeechEngine(speech)),
        "null-speech": lambda: NullEngine("SPEECH"),
        "null-music": lambda: NullEngine("MUSIC"),
        "null-effects": lambda: NullEngine("EFFECTS"),
    }
