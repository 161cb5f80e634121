"""The score engine itself: an order's mood composed, performed and coded as FLAC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio_audiogen.orders import MusicOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

if TYPE_CHECKING:
    from studio_audiogen.engines.score.soundfont import Soundfont

REVISION = "2"


class ScoreEngine:
    """Music from a mood, the same for the same order, by its own instruments or by those of a soundfont.

    Raises AssetsError for a soundfont that is missing.
    """

    def __init__(self, soundfont: Path | None = None) -> None:
        self._font: Soundfont | None = None
        if soundfont is not None:
            from studio_audiogen.engines.score.soundfont import Soundfont

            self._font = Soundfont(soundfont)

    def describe(self) -> EngineDescription:
        """Say what this engine is, without loading anything."""
        revision = f"{REVISION}-{self._font.digest}" if self._font else REVISION
        return EngineDescription(kind="MUSIC", engine="score", revision=revision)

    def load(self) -> None:
        """Import the synthesiser, so that the first order doesn't wait for it, and open the soundfont.

        Raises AssetsError for a file that is no soundfont.
        """
        import studio_audiogen.engines.score.performance  # noqa: F401  the import is the work

        if self._font:
            self._font.check()

    def run(self, orders: Sequence[MusicOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make each order's music, exactly as long as its frames."""
        return [_product(order, self._font, run) for order, run in zip(orders, runs, strict=True)]


def _product(order: MusicOrder, font: Soundfont | None, run: Run) -> Product:
    from studio_audiogen.engines.score.composition import compose
    from studio_audiogen.engines.score.performance import performed, performed_by
    from studio_media.sound import encode_flac

    piece, count = compose(order), order.length.samples
    samples = performed_by(font, piece, count, run) if font else performed(piece, count, run)
    part = Part("music", "audio/flac", data=encode_flac(samples))
    facts = {"mood": order.mood, "engine": "score", **({"soundfont": font.digest} if font else {})}
    return Product((part,), order.length.milliseconds, facts=facts)
