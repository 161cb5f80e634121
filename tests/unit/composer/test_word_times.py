"""Captions by the words' own times: what shows is said while it shows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from studio_composer.captions import Cue, captions_from, cue_from_record
from studio_composer.orders import SegmentOrder
from studio_composer.scene_sound import speeches_of
from studio_composer.word_times import Word
from studio_platform.engine import Input
from tests.unit.composer.material import segment_order

SLOWLY = (
    "I waited for the ferry all through the night and nobody came to the harbour until the rain was over."
)


def spoken(text: str, pauses_ms: dict[str, int] | None = None, word_ms: int = 250) -> Cue:
    """A speech whose words last as long each, with pauses after some of them."""
    words, at = [], 1_000
    for written in text.split():
        words.append(Word(written.strip(".,"), at, at + word_ms))
        at += word_ms + (pauses_ms or {}).get(written, 0)
    return Cue(1_000, at, "MARA", text, words=tuple(words))


def test_a_caption_begins_with_its_first_word() -> None:
    cue = spoken(SLOWLY, {"ferry": 1_500})

    _, second, *_ = captions_from([cue], 60_000, line_max_characters=32)

    first_word = second.lines[0].split()[0]
    assert second.start_ms in {word.start_ms for word in cue.words if word.text == first_word}


def test_a_speech_without_a_sentence_to_cut_at_is_cut_where_it_pauses() -> None:
    cue = spoken(SLOWLY, {"through": 400})

    first, *_ = captions_from([cue], 60_000, line_max_characters=32)

    assert " ".join(first.lines).endswith("all through")


def test_words_that_are_not_in_the_text_leave_the_others_their_times() -> None:
    cue = spoken(SLOWLY)
    odd = replace(cue, words=(Word("unsaid", 1_000, 1_100), *cue.words[1:]))

    starts = [caption.start_ms for caption in captions_from([cue], 60_000, line_max_characters=32)]

    assert [it.start_ms for it in captions_from([odd], 60_000, line_max_characters=32)] == starts


def test_a_cue_is_read_with_its_words() -> None:
    cue = spoken("It was raining.")

    assert cue_from_record(json.loads(json.dumps(cue.record()))) == cue
    assert cue.shifted(500).words[0].start_ms == 1_500


def with_words(order: SegmentOrder, folder: Path) -> SegmentOrder:
    (folder / "words.json").write_text(
        json.dumps(
            [
                {"word": "It", "start_ms": 0, "end_ms": 100},
                {"word": "was", "start_ms": 100, "end_ms": 250},
                {"word": "raining", "start_ms": 250, "end_ms": 480},
            ]
        ),
        encoding="utf-8",
    )
    speech = order.inputs["speech-0"]
    parts = {**speech.parts, "words": folder / "words.json"}
    return replace(order, inputs={**order.inputs, "speech-0": Input("speech-0", parts)})


def test_a_scenes_cues_have_the_words_at_their_places_on_its_timeline(tmp_path: Path) -> None:
    order = with_words(segment_order(tmp_path), tmp_path)

    [cue] = speeches_of(order).cues

    assert [(word.text, word.start_ms) for word in cue.words] == [("It", 250), ("was", 350), ("raining", 500)]


def test_words_that_a_trim_takes_away_are_not_in_the_cue(tmp_path: Path) -> None:
    order = with_words(segment_order(tmp_path), tmp_path)
    # It starts after six frames: four more take its first word, and a part of the second.
    trimmed = replace(order.shots[0], head_trim_frames=10)

    [cue] = speeches_of(replace(order, shots=(trimmed, *order.shots[1:]), retimed=True)).cues

    assert [word.text for word in cue.words] == ["raining"]
    assert cue.words[0].start_ms == 83
