"""The engines by the names that settings use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio_platform.engine import Engine
from studio_videogen.engines.null import NullEngine
from studio_videogen.settings import VideogenSettings


def engines(settings: VideogenSettings) -> Mapping[str, Callable[[], Engine[Any]]]:
    """Return how each engine is built; nothing heavy is imported before it is called."""

    def camera() -> Engine[Any]:
        from studio_videogen.engines.camera import CameraEngine

        return CameraEngine()

    def openai() -> Engine[Any]:
        from studio_videogen.engines.openai.engine import OpenAIClipEngine

        return OpenAIClipEngine(settings.clip_choice)

    def diffusers() -> Engine[Any]:
        from studio_videogen.engines.diffusers.conform import Retiming
        from studio_videogen.engines.diffusers.engine import DiffusersEngine, FootageChoice
        from studio_videogen.engines.fallback import FallbackEngine

        footage = FootageChoice(
            settings.videogen_frames_max,
            settings.videogen_rate_hz,
            Retiming(settings.videogen_retiming),
            settings.videogen_negative_prompt,
        )
        engine = DiffusersEngine(settings.model, footage)
        return engine if settings.videogen_fallback == "none" else FallbackEngine(engine, camera())

    return {"camera": camera, "null": NullEngine, "diffusers": diffusers, "openai": openai}
