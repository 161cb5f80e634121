"""The engines by the names that settings use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio_imagegen.engines.null import NullEngine
from studio_imagegen.settings import ImagegenSettings
from studio_platform.batching import BatchingEngine
from studio_platform.engine import Engine


def engines(settings: ImagegenSettings) -> Mapping[str, Callable[[], Engine[Any]]]:
    """Return how each engine is built; nothing heavy is imported before it is called."""

    def storyboard() -> Engine[Any]:
        from studio_imagegen.engines.storyboard.engine import StoryboardEngine

        return StoryboardEngine()

    def diffusers() -> Engine[Any]:
        from studio_imagegen.engines.diffusers.engine import DiffusersEngine

        size_max = settings.imagegen_batch_max
        first, *more = (DiffusersEngine(model, size_max, settings.faces) for model in settings.models)
        return BatchingEngine(
            first,
            size_max,
            settings.imagegen_batch_wait_ms / 1000,
            more=more,
            silence_seconds_max=settings.imagegen_step_seconds_max,
        )

    def openai() -> Engine[Any]:
        from studio_imagegen.engines.openai.engine import OpenAIStillEngine

        return OpenAIStillEngine(settings.still_choice)

    return {"storyboard": storyboard, "null": NullEngine, "diffusers": diffusers, "openai": openai}
