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

    return {"camera": camera, "null": NullEngine, "openai": openai}
