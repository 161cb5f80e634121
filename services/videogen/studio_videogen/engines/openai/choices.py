"""How clips are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from studio_models.provider.choices import FREE, Prices, ProviderChoice


@dataclass(frozen=True, slots=True)
class ClipChoice:
    """The provider, the sizes (px) and lengths (whole seconds, rising) that it makes, how often it is asked.

    `is_extended` says that it takes a seed, as servers of open models do; OpenAI does not.
    """

    provider: ProviderChoice
    sizes: tuple[tuple[int, int], ...]
    lengths_seconds: tuple[int, ...]
    prices: Prices = FREE
    poll_seconds: float = 5.0
    is_extended: bool = False

    def key(self) -> str:
        """What decides a clip besides its order, as 16 digits."""
        return self.provider.key(self.sizes, self.lengths_seconds, self.is_extended)


def checked_lengths(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts, when they are rising numbers of whole seconds. Raises ValueError."""
    numbers = [int(text) for text in texts if text.isdecimal()]
    if not numbers or len(numbers) < len(texts) or numbers != sorted(set(numbers)) or numbers[0] < 1:
        raise ValueError("write whole seconds that rise, such as 4,8,12")
    return texts
