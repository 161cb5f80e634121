"""Where words are estimated to lie in a sound of which only the sound is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio_audiogen.engines.openai.words import word_spans

RATE_HZ = 8_000


def sound(*parts: tuple[float, int]) -> np.ndarray:
    """Stretches of a level, ms each."""
    return np.concatenate([np.full(RATE_HZ * ms // 1_000, level, np.float32) for level, ms in parts])


def spans_ms(text: str, samples: np.ndarray) -> list[tuple[int, int]]:
    return [
        (round(1_000 * start / RATE_HZ), round(1_000 * end / RATE_HZ))
        for _, start, end in word_spans(text.split(), samples, RATE_HZ)
    ]


def test_words_share_the_time_by_their_length() -> None:
    (short, long) = spans_ms("I understand", sound((0.5, 1_000)))

    assert short[0] == 0
    assert short[1] == long[0]
    assert long[1] == 1_000
    assert 3 * (short[1] - short[0]) < long[1] - long[0]


def test_a_rest_lies_after_the_sign_that_asks_for_it() -> None:
    samples = sound((0.5, 700), (0, 400), (0.5, 300))

    before, after = spans_ms("No, understandably", samples)

    assert before == (0, 700)
    assert after == (1_100, 1_400)


def test_of_many_rests_those_are_taken_that_fit_best() -> None:
    samples = sound((0.5, 500), (0, 200), (0.5, 500), (0, 200), (0.5, 500))

    spans = spans_ms("aaaa, bbbb cccc. dddd", samples)

    assert spans[1][0] == 700
    assert spans[3][0] >= 1_400


def test_without_a_rest_words_follow_one_another() -> None:
    spans = spans_ms("Yes. No. Yes.", sound((0.5, 900)))

    assert [start for start, _ in spans] == [0, *[end for _, end in spans[:-1]]]


@given(
    st.lists(st.text("ab1.,?", min_size=1, max_size=12), min_size=1, max_size=12),
    st.lists(st.tuples(st.sampled_from([0.0, 0.5]), st.integers(1, 400)), min_size=1, max_size=8),
)
def test_words_are_in_order_and_within_the_sound_whatever_is_heard(
    words: list[str], parts: list[tuple[float, int]]
) -> None:
    samples = sound(*parts)

    spans = [(start, end) for _, start, end in word_spans(words, samples, RATE_HZ)]

    assert len(spans) == len(words)
    assert all(0 <= start <= end <= len(samples) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
