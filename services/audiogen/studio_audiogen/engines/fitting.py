"""Speech in the time that it has: said again, faster, where it takes longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio_audiogen.orders import SpeechOrder
from studio_platform.engine import Engine, EngineDescription, Product, Run

FASTEST_PERMILLE = 1_250
"""Faster than this, a voice no longer sounds at ease."""

ATTEMPTS_MAX = 3
SPARE_PERMILLE = 10


class FittingEngine:
    """A speech engine that keeps the windows of its orders as far as a natural tempo allows.

    What is still longer stays whole: its product says so, and where it is heard decides. Speech that is
    shorter than its window keeps the voice's own tempo.
    """

    def __init__(self, inner: Engine[SpeechOrder]) -> None:
        self._inner = inner

    def describe(self) -> EngineDescription:
        """Say what the engine is."""
        return self._inner.describe()

    def load(self) -> None:
        """Load it."""
        self._inner.load()

    def run(self, orders: Sequence[SpeechOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Say each order; see Engine.run."""
        products = self._inner.run(orders, runs)
        return [self._fitted(*one) for one in zip(orders, runs, products, strict=True)]

    def _fitted(self, order: SpeechOrder, run: Run, first: Product) -> Product:
        if not order.window_ms:
            return first
        product, tempo_permille = first, order.tempo_permille
        fastest_permille = order.tempo_permille * FASTEST_PERMILLE // 1_000
        for _ in range(ATTEMPTS_MAX - 1):
            if product.length_ms <= order.window_ms or tempo_permille >= fastest_permille:
                break
            wanted = tempo_permille * (product.length_ms * 1_000 // order.window_ms + SPARE_PERMILLE) // 1_000
            tempo_permille = min(fastest_permille, wanted)
            [product] = self._inner.run([replace(order, tempo_permille=tempo_permille)], [run])
        facts = {
            "window_ms": str(order.window_ms),
            "own_length_ms": str(first.length_ms),
            "tempo_permille": str(tempo_permille),
        }
        return replace(product, facts={**product.facts, **facts})
