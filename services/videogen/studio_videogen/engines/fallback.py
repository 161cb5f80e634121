"""An engine that makes a clip where another one could not, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio_platform.engine import Engine, EngineDescription, EngineFailure, Product, Run
from studio_platform.logs import get_logger
from studio_videogen.orders import ClipOrder

_log = get_logger(__name__)


class FallbackEngine:
    """`first`, and `second` for an order that the first fails at, but for orders that nobody could make.

    Its description names both, so that their clips have keys of their own; the fact `fallback` says which
    clip came from the second, and why.
    """

    def __init__(self, first: Engine[ClipOrder], second: Engine[ClipOrder]) -> None:
        self._first = first
        self._second = second

    def describe(self) -> EngineDescription:
        """The first engine's description, with the second one's name and revision."""
        first, second = self._first.describe(), self._second.describe()
        return replace(
            first,
            revision=f"{first.revision}+{second.engine}-{second.revision}",
            model=f"{first.model}, else {second.engine}",
            max_width_px=min(first.max_width_px, second.max_width_px),
            max_height_px=min(first.max_height_px, second.max_height_px),
            parts=None if first.parts is None or second.parts is None else first.parts | second.parts,
        )

    def load(self) -> None:
        """Load both. A model that can't be loaded is no reason to fall back."""
        self._first.load()
        self._second.load()

    def run(self, orders: Sequence[ClipOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """Make one clip for each order; see Engine.run."""
        return [self._clip(order, run) for order, run in zip(orders, runs, strict=True)]

    def _clip(self, order: ClipOrder, run: Run) -> Product:
        try:
            (product,) = self._first.run([order], [run])
        except EngineFailure as failure:
            if failure.permanent:
                raise
            name = self._second.describe().engine
            _log.warning("clip by the fallback", engine=name, reason=failure.reason, told=failure.log_text)
            (product,) = self._second.run([order], [run])
            return replace(product, facts={**product.facts, "fallback": f"{name}: {failure.reason}"})
        return product
