"""The engines by the names that settings use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio_composer.engines.null import (
    NullFilmEngine,
    NullLevelsEngine,
    NullMasterEngine,
    NullReadingEngine,
    NullSegmentEngine,
    NullSheetEngine,
)
from studio_platform.engine import Engine

if TYPE_CHECKING:
    from studio_composer.shelf import Shelf


def engines(scratch_dir: Path | None) -> Mapping[str, Callable[[], Engine[Any]]]:
    """Return how each engine is built; nothing is built or imported heavily before it is called."""

    @cache
    def shelf() -> Shelf:
        from studio_composer.shelf import Shelf

        return Shelf()

    def segment() -> Engine[Any]:
        from studio_composer.engines.segment import SegmentEngine

        return SegmentEngine(scratch_dir, shelf())

    def film() -> Engine[Any]:
        from studio_composer.engines.film import FilmEngine

        return FilmEngine(scratch_dir, shelf())

    def levels() -> Engine[Any]:
        from studio_composer.engines.levels import LevelsEngine

        return LevelsEngine()

    def master() -> Engine[Any]:
        from studio_composer.engines.master import MasterEngine

        return MasterEngine(scratch_dir)

    def reading() -> Engine[Any]:
        from studio_composer.engines.reading import ReadingEngine

        return ReadingEngine(scratch_dir)

    def sheet() -> Engine[Any]:
        from studio_composer.engines.sheet import SheetEngine

        return SheetEngine(scratch_dir)

    return {
        "segment": segment,
        "levels": levels,
        "master": master,
        "film": film,
        "reading": reading,
        "sheet": sheet,
        "null-segment": NullSegmentEngine,
        "null-levels": NullLevelsEngine,
        "null-master": NullMasterEngine,
        "null-film": NullFilmEngine,
        "null-reading": NullReadingEngine,
        "null-sheet": NullSheetEngine,
    }
