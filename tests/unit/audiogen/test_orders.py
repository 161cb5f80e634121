"""What orders refuse, and how their lengths are counted."""

from __future__ import annotations

import pytest

from studio_audiogen.orders import EffectCue, EffectsOrder, Length, MusicOrder, OrderError, SpeechOrder


def test_a_length_is_exact_at_a_fractional_rate() -> None:
    length = Length(1001, 30_000, 1_001)
    assert length.samples == round(1001 * 1001 * 48_000 / 30_000)
    assert length.sample_of(0) == 0
    assert length.sample_of(1001) == length.samples


@pytest.mark.parametrize(
    "make",
    [
        lambda: Length(0, 24, 1),
        lambda: Length(24, 0, 1),
        lambda: Length(24 * 3_600, 24, 1),
        lambda: SpeechOrder(" ", "en", "af_heart"),
        lambda: SpeechOrder("a" * 6_000, "en", "af_heart"),
        lambda: SpeechOrder("Hello", "en", "af_heart", tempo_permille=100),
        lambda: MusicOrder("BORED", 1, Length(24, 24, 1)),
        lambda: MusicOrder("CALM", 1, Length(24, 24, 1), tempo_bpm=900),
        lambda: EffectCue("QUACK", 0),
        lambda: EffectCue("DOOR", -1),
        lambda: EffectCue("DOOR", 0, gain_millibels=9_000),
        lambda: EffectsOrder(Length(24, 24, 1), 1, ambiences=("SPACE",)),
        lambda: EffectsOrder(Length(24, 24, 1), 1, cues=(EffectCue("DOOR", 24),)),
    ],
)
def test_an_order_that_no_engine_can_make_is_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(OrderError):
        make()
