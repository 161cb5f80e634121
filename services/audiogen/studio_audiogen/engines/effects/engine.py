"""The effects engine itself: an order's ambiences and cues laid out and coded as FLAC."""

from __future__ import annotations

from collections.abc import Sequence

from studio_audiogen.orders import EffectsOrder
from studio_platform.engine import EngineDescription, Part, Product, Run


class EffectsEngine:
    """Synthesised effects, the same for the same order."""

    def describe(self) -> EngineDescription:
        """Say what this engine is, without loading anything."""
        return EngineDescription(kind="EFFECTS", engine="effects", revision="3")

    def load(self) -> None:
        """Import the synthesiser, so that the first order doesn't wait for it."""
        import studio_audiogen.engines.effects.scene  # noqa: F401  the import is the work

    def run(self, orders: Sequence[EffectsOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make each order's effects, exactly as long as its frames."""
        return [_product(order, run) for order, run in zip(orders, runs, strict=True)]


def _product(order: EffectsOrder, run: Run) -> Product:
    from studio_audiogen.engines.effects.scene import scene_of
    from studio_media.sound import encode_flac

    part = Part("effects", "audio/flac", data=encode_flac(scene_of(order, run)))
    facts = {"engine": "effects", "ambiences": " ".join(order.ambiences)[:128]}
    return Product((part,), order.length.milliseconds, facts=facts)
