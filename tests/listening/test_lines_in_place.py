"""From when to when a line is listened to, and where its words begin."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pocketsphinx", reason="it has no wheel for this Python")

from bench.listening.alignment import PlacedWord
from bench.listening.cut import Line
from bench.listening.finished import SaidWord, Speech
from bench.listening.hearing import first_sound
from bench.listening.sound import EAR_RATE_HZ

SILENCE = np.zeros(0, np.float32)


def speech(start_seconds: float, end_seconds: float, word_end_seconds: float) -> Speech:
    line = Line("IRIS", "Yes.", start_seconds, end_seconds, 1, 1)
    return Speech(line, (SaidWord("Yes.", 0.0, word_end_seconds),), SILENCE)


def test_a_line_that_goes_on_over_a_cut_ends_with_its_last_word() -> None:
    assert speech(10.0, 12.0, 2.4).end_seconds == pytest.approx(12.4)
    assert speech(10.0, 12.0, 1.9).end_seconds == pytest.approx(12.0)


def test_lines_that_follow_each_other_are_not_said_at_once() -> None:
    first, then, meanwhile = speech(1.0, 2.0, 1.0), speech(2.0, 3.0, 1.0), speech(1.5, 1.9, 0.4)

    assert not first.is_with(then)
    assert first.is_with(meanwhile)
    assert meanwhile.is_with(first)


def test_a_word_begins_after_the_pause_that_the_aligner_gives_to_it() -> None:
    sound = np.zeros(EAR_RATE_HZ, np.float32)
    sound[EAR_RATE_HZ // 2 :] = 0.1

    assert first_sound(PlacedWord("there", 0.2, 0.8), sound) == pytest.approx(0.5)
    assert first_sound(PlacedWord("is", 0.8, 0.9), sound) == pytest.approx(0.8)
