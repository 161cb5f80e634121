"""The score engine itself: an order's mood composed, performed and coded as FLAC."""

from __future__ import annotations

from collections.abc import Sequence

from studio_audiogen.orders import MusicOrder
from studio_platform.engine import EngineDescription, Part, Product, Run


class ScoreEngine:
    """Music from a mood, the same for the same order."""

    def describe(self) -> EngineDescription:
        """Say what this engine is, without loading anything."""
        return EngineDescription(kind="MUSIC", engine="score", revision="2")

    def load(self) -> None:
        """Import the synthesiser, so that the first order doesn't wait for it."""
        import studio_audiogen.engines.score.performance  # noqa: F401  the import is the work

    def run(self, orders: Sequence[MusicOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make each order's music, exactly as long as its frames."""
        return [_product(order, run) for order, run in zip(orders, runs, strict=True)]


def _product(order: MusicOrder, run: Run) -> Product:
    from studio_audiogen.engines.score.composition import compose
    from studio_audiogen.engines.score.performance import performed
    from studio_media.sound import encode_flac

    samples = performed(compose(order), order.length.samples, run)
    part = Part("music", "audio/flac", data=encode_flac(samples))
    return Product((part,), order.length.milliseconds, facts={"mood": order.mood, "engine": "score"})
