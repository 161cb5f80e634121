"""The dialogue of a sample, said by the speech engine and looked for word by word in its sound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from studio_audiogen.engines.kokoro.engine import KokoroEngine
from studio_audiogen.orders import SpeechOrder
from studio_media.sound import decode

pytest.importorskip("pocketsphinx", reason="it has no wheel for this Python")

from bench.listening.alignment import MARGIN_SECONDS
from bench.listening.finished import SaidWord
from bench.listening.hearing import Listener, aligned
from bench.listening.sound import EAR_RATE_HZ, Mono

ASSETS = Path(__file__).resolve().parents[2] / ".assets" / "kokoro"
LINES = ("Is it gone? Tell me it isn't gone.", "Come to the ticket office. Ask for Iris.")
Said = tuple[tuple[SaidWord, ...], Mono]

pytestmark = pytest.mark.heavy


class QuietRun:
    """A run that nobody cancels."""

    def progress(self, percent: int) -> None:
        """Nobody looks."""

    def raise_if_cancelled(self) -> None:
        """Go on."""


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener(ASSETS)


@pytest.fixture(scope="module")
def said() -> Sequence[Said]:
    engine = KokoroEngine(ASSETS, threads=1)
    engine.load()
    orders = [SpeechOrder(text, "en-US", "am_michael", 1_000) for text in LINES]
    found = []
    for product in engine.run(orders, [QuietRun()] * len(orders)):
        parts = {part.role: part.data or b"" for part in product.parts}
        words = tuple(
            SaidWord(it["word"], it["start_ms"] / 1_000, it["end_ms"] / 1_000)
            for it in json.loads(parts["words"])
        )
        sound = decode(parts["speech"], EAR_RATE_HZ, 1)[:, 0]
        found.append((words, np.pad(sound, round(MARGIN_SECONDS * EAR_RATE_HZ))))
    return found


def test_every_word_is_found_where_the_engine_says_that_it_is(
    listener: Listener, said: Sequence[Said]
) -> None:
    aligner = listener.aligner()

    found = [word for words, sound in said for word in aligned(words, sound, aligner)]

    assert [word.text for word in found if word.offset_seconds is None] == []


def test_a_word_that_is_cut_out_of_the_sound_is_missing(listener: Listener, said: Sequence[Said]) -> None:
    words, sound = said[1]
    (ticket,) = [word for word in words if word.text == "ticket"]
    begin, end = (
        round((MARGIN_SECONDS + seconds) * EAR_RATE_HZ)
        for seconds in (ticket.start_seconds, ticket.end_seconds)
    )
    without = np.concatenate([sound[:begin], np.zeros(end - begin, np.float32), sound[end:]])

    found = aligned(words, without, listener.aligner())

    assert "ticket" in [word.text for word in found if word.offset_seconds is None]
