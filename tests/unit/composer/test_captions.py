"""Captions and subtitle files: readable pieces, no markup."""

from __future__ import annotations

from itertools import pairwise

import pysubs2
import pytest

from studio_composer.captions import LINE_MAX_CHARACTERS, LINES_MAX, Caption, Cue, captions_from
from studio_composer.languages import track_language
from studio_composer.subtitle_files import srt, timed_text, vtt

_LONG = (
    "I waited for you at the corner of the old market, where the lamps go out first. Nobody came, "
    "and the rain did not stop; so I walked along the river until the last tram had gone. "
    "After that there was only the sound of my own shoes."
)


def test_a_long_speech_is_cut_into_captions_of_two_lines() -> None:
    captions = captions_from([Cue(1_000, 15_000, "MARA", _LONG)], 60_000)

    assert len(captions) > 2
    assert all(len(caption.lines) <= LINES_MAX for caption in captions)
    assert max(len(line) for caption in captions for line in caption.lines) <= LINE_MAX_CHARACTERS
    assert " ".join(line for caption in captions for line in caption.lines) == _LONG


def test_captions_never_overlap_and_keep_their_order() -> None:
    cues = [Cue(index * 900, index * 900 + 850, "A", f"Line number {index} of many.") for index in range(20)]

    captions = captions_from(cues, 18_000)

    assert all(one.end_ms <= two.start_ms for one, two in pairwise(captions))
    assert captions[-1].end_ms <= 18_000


def test_a_short_speech_stays_until_it_can_be_read() -> None:
    captions = captions_from([Cue(1_000, 1_300, "MARA", "No.")], 60_000)

    assert captions == (Caption(1_000, 2_000, ("No.",)),)


def test_speeches_at_the_same_time_share_one_caption() -> None:
    captions = captions_from([Cue(0, 2_000, "A", "Stop!"), Cue(0, 2_000, "B", "Go!")], 5_000)

    assert [caption.lines for caption in captions] == [("– Stop!", "– Go!")]


def test_a_long_word_is_broken_rather_than_lost() -> None:
    text = "東" * 130

    captions = captions_from([Cue(0, 9_000, "A", text)], 20_000)

    assert "".join(line for caption in captions for line in caption.lines) == text


@pytest.mark.parametrize("text", ["<i>not italic</i>", "{\\an8}on top", "a --> b", "one\n\ntwo", "AT&T"])
def test_subtitle_text_is_never_markup(text: str) -> None:
    captions = captions_from([Cue(0, 2_000, "A", text)], 5_000)

    subrip, webvtt = srt(captions), vtt(captions)

    assert len(pysubs2.SSAFile.from_string(subrip, format_="srt")) == 1
    assert not any(sign in subrip.split("\n", 2)[2] for sign in "<>{}\\")
    assert "<" not in webvtt
    assert webvtt.count("-->") == 1


def test_srt_reads_back_as_written() -> None:
    captions = (Caption(1_500, 3_723_004, ("Straße – 東京.", "Zweite Zeile")),)

    [event] = pysubs2.SSAFile.from_string(srt(captions), format_="srt")

    assert (event.start, event.end, event.plaintext) == (1_500, 3_723_004, "Straße – 東京.\nZweite Zeile")


def test_a_timed_text_sample_opens_with_its_length_in_bytes() -> None:
    assert timed_text(("é", "b")) == b"\x00\x04\xc3\xa9\nb"


@pytest.mark.parametrize(
    ("tag", "code"), [("en-GB", "eng"), ("de", "deu"), ("pt_BR", "por"), ("fil", "fil"), ("xx", "und")]
)
def test_a_track_carries_the_three_letter_language(tag: str, code: str) -> None:
    assert track_language(tag) == code
