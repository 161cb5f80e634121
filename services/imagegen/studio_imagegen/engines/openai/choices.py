"""How stills are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from studio_models.provider.choices import FREE, Prices, ProviderChoice


@dataclass(frozen=True, slots=True)
class StillChoice:
    """The provider, the sizes that it draws (px), and what its model takes besides.

    `keeps_faces` says that each of the cast is drawn once, and shown to it with every still that they are in.
    `quality` is one of the provider's words, or empty. `is_extended` says that it takes a seed and a negative
    prompt, as servers of open models do; OpenAI does not.
    """

    provider: ProviderChoice
    sizes: tuple[tuple[int, int], ...]
    prices: Prices = FREE
    quality: str = ""
    is_extended: bool = False
    keeps_faces: bool = False

    def key(self) -> str:
        """What decides a picture besides its order, as 16 digits."""
        return self.provider.key(self.sizes, self.quality, self.is_extended, self.keeps_faces)
