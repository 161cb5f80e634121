"""The engines by the names that settings use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio_imagegen.engines.null import NullEngine
from studio_platform.engine import Engine


def engines() -> Mapping[str, Callable[[], Engine[Any]]]:
    """Return how each engine is built; nothing heavy is imported before it is called."""

    def storyboard() -> Engine[Any]:
        from studio_imagegen.engines.storyboard.engine import StoryboardEngine

        return StoryboardEngine()

    return {"storyboard": storyboard, "null": NullEngine}
