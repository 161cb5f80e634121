"""Stills by any address that speaks OpenAI's images: OpenAI, vLLM-Omni, SGLang, LocalAI."""

from __future__ import annotations

from collections.abc import Sequence

from studio_imagegen.engines.openai.choices import StillChoice
from studio_imagegen.engines.openai.pictures import ProviderPictures
from studio_imagegen.engines.openai.portraits import Portraits
from studio_imagegen.flat import flat_parts
from studio_imagegen.orders import StillOrder
from studio_models.provider.client import ProviderClient
from studio_models.provider.purse import Purse
from studio_platform.clock import Clock, SystemClock
from studio_platform.engine import EngineDescription, Product, Run
from studio_platform.pools import pool_name
from studio_platform.receipts import receipts_of

ENGINE = "openai"
REVISION = "1"
SIDE_PX_MAX = 8192


class OpenAIStillEngine:
    """One model of a provider; each lane waits for its own still."""

    def __init__(self, choice: StillChoice, clock: Clock | None = None) -> None:
        self._choice = choice
        self._client = ProviderClient(choice.provider, clock)
        purse = Purse(pool_name(ENGINE, "STILL"), choice.prices, clock or SystemClock())
        self._pictures = ProviderPictures(choice, self._client, purse)
        self._portraits = Portraits(choice.key())

    def describe(self) -> EngineDescription:
        """Say what this engine is. A provider never draws the same picture twice."""
        return EngineDescription(
            kind="STILL",
            engine=ENGINE,
            revision=REVISION,
            model=self._choice.provider.model,
            model_revision=self._choice.key(),
            deterministic=False,
            max_width_px=SIDE_PX_MAX,
            max_height_px=SIDE_PX_MAX,
            price_micros_per_call=self._choice.prices.call_micros,
        )

    def load(self) -> None:
        """Make ready to ask."""
        self._client.load()

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def run(self, orders: Sequence[StillOrder], runs: Sequence[Run]) -> Sequence[Product]:
        """A still for each order. Raises EngineFailure, RunCancelled."""
        return [self._still(order, run) for order, run in zip(orders, runs, strict=True)]

    def _still(self, order: StillOrder, run: Run) -> Product:
        faces = self._faces(order, run)
        run.progress(20 if faces else 0)
        drawn = self._pictures.drawn(order, run, "still", faces)
        run.progress(90)
        facts = dict(drawn.facts)
        if faces:
            facts["faces"] = ", ".join(faces)[:200]
        unseen = [figure.name for figure in order.figures if figure.portrait and figure.name not in faces]
        if unseen:
            facts["portraits_not_shown"] = ", ".join(unseen)[:200]
        return Product(flat_parts(drawn.image), facts=facts)

    def _faces(self, order: StillOrder, run: Run) -> dict[str, bytes]:
        """Name to portrait of who is in the still, as far as portraits are wanted."""
        if not self._choice.keeps_faces:
            return {}

        def draw(portrait: StillOrder, what: str) -> bytes:
            return self._pictures.drawn(portrait, run, what).image

        return self._portraits.of(order.figures, receipts_of(run), draw)
