"""Speech in the time that it has."""

from __future__ import annotations

from collections.abc import Sequence

from studio_audiogen.engines.fitting import FASTEST_PERMILLE, FittingEngine
from studio_audiogen.orders import SpeechOrder
from studio_platform.engine import EngineDescription, Part, Product, Run

OWN_MS = 4_000


class Voice:
    """A voice whose speech takes four seconds at its own tempo."""

    def __init__(self) -> None:
        self.tempos: list[int] = []

    def describe(self) -> EngineDescription:
        return EngineDescription(kind="SPEECH", engine="voice", revision="1")

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, orders: Sequence[SpeechOrder], runs: Sequence[Run]) -> Sequence[Product]:
        self.tempos += [order.tempo_permille for order in orders]
        return [
            Product((Part("speech", "audio/flac", data=b""),), OWN_MS * 1_000 // order.tempo_permille)
            for order in orders
        ]


class Handle:
    """A run that nobody watches."""

    def progress(self, percent: int) -> None:
        """Nobody is told."""

    def raise_if_cancelled(self) -> None:
        """It is never cancelled."""


def said(window_ms: int, voice: Voice | None = None) -> Product:
    order = SpeechOrder("Hello.", "en", "any", window_ms=window_ms)
    [product] = FittingEngine(voice or Voice()).run([order], [Handle()])
    return product


def test_speech_without_a_window_or_within_it_keeps_its_tempo_and_is_said_once() -> None:
    voice = Voice()

    lengths = [said(0, voice).length_ms, said(OWN_MS, voice).length_ms, said(9_000, voice).length_ms]

    assert (lengths, voice.tempos) == ([OWN_MS] * 3, [1_000] * 3)


def test_speech_that_takes_longer_is_said_as_fast_as_it_must() -> None:
    product = said(3_500)

    assert 3_300 <= product.length_ms <= 3_500
    assert product.facts["own_length_ms"] == str(OWN_MS)


def test_speech_that_cannot_fit_is_whole_at_the_fastest_natural_tempo() -> None:
    voice = Voice()

    product = said(1_000, voice)

    assert product.length_ms == OWN_MS * 1_000 // FASTEST_PERMILLE
    assert product.facts["tempo_permille"] == str(FASTEST_PERMILLE)
    assert voice.tempos == [1_000, FASTEST_PERMILLE]
