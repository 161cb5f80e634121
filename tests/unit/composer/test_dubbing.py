"""Speech in another language: where it is heard, and what captions say."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio_composer.captions import Cue, Overrun, captions_from, cue_from_record
from studio_composer.dubbing import PAUSE_SAMPLES, Dubbing
from studio_composer.given_cues import in_translation
from studio_composer.line_breaking import hyphenated, line_width
from studio_composer.orders import TranslatedCue
from studio_composer.report import overruns_in
from studio_composer.stems import Placement
from studio_composer.subtitle_files import vtt
from studio_platform.engine import EngineFailure

SECOND = 48_000
PATH = Path("speech.flac")


def speech(start_seconds: float, seconds: float) -> Placement:
    return Placement(PATH, round(start_seconds * SECOND), round(seconds * SECOND))


def test_speech_that_fits_is_heard_in_its_own_place() -> None:
    own = speech(1, 2)

    assert Dubbing(10 * SECOND).placed(own, 4 * SECOND) == (own, None)


def test_the_next_speech_waits_for_one_that_takes_longer_and_that_is_told() -> None:
    dubbing = Dubbing(10 * SECOND)

    first, overrun = dubbing.placed(speech(1, 3), 3 * SECOND)
    second, _ = dubbing.placed(speech(3, 1), 5 * SECOND)

    assert (first.length_samples, overrun) == (3 * SECOND, Overrun(3_000, 2_000))
    assert second.start_sample == 4 * SECOND + PAUSE_SAMPLES


def test_speeches_that_begin_together_do_not_wait_for_each_other() -> None:
    dubbing = Dubbing(10 * SECOND)

    starts = [dubbing.placed(speech(1, 3), 5 * SECOND)[0].start_sample for _ in range(2)]

    assert starts == [SECOND, SECOND]


def test_speech_waits_no_longer_than_it_is_heard_to_its_end() -> None:
    dubbing = Dubbing(6 * SECOND)
    dubbing.placed(speech(1, 4), 3 * SECOND)

    placement, overrun = dubbing.placed(speech(3, 2), 6 * SECOND)

    assert (placement.start_sample, placement.length_samples, overrun) == (4 * SECOND, 2 * SECOND, None)


def test_what_is_not_heard_at_the_end_of_a_scene_is_told() -> None:
    placement, overrun = Dubbing(6 * SECOND).placed(speech(5, 3), 6 * SECOND)

    assert (placement.length_samples, overrun) == (SECOND, Overrun(3_000, 1_000, 2_000))


def test_an_overrun_stays_with_its_cue_and_is_in_the_report_and_cues_without_one_are_as_they_were() -> None:
    plain, long = Cue(0, 900, "TOM", "Ja."), Cue(1_000, 4_000, "MARA", "Nein.", Overrun(3_000, 2_000))

    kept = [cue_from_record(cue.record()) for cue in (plain, long)]

    assert kept == [plain, long]
    assert set(plain.record()) == {"start_ms", "end_ms", "character", "text"}
    assert overruns_in([plain]) == {}
    assert overruns_in([long])["overruns"][0]["place_ms"] == 2_000


def test_captions_say_the_translation_of_each_cue_also_where_trims_left_one_out() -> None:
    cues = [Cue(0, 1, "TOM", "Yes."), Cue(2, 3, "TOM", "No.")]
    translated = [
        TranslatedCue("TOM", "Yes.", "Ja."),
        TranslatedCue("MARA", "Why?", "Warum?"),
        TranslatedCue("TOM", "No.", "Nein."),
    ]

    assert [cue.text for cue in in_translation(cues, translated, "the scene")] == ["Ja.", "Nein."]
    assert in_translation(cues, (), "the scene") == cues


def test_a_cue_without_a_translation_is_refused() -> None:
    with pytest.raises(EngineFailure) as refused:
        in_translation([Cue(0, 1, "TOM", "Yes.")], [TranslatedCue("TOM", "No.", "Nein.")], "the scene")

    assert refused.value.reason == "CAPTION_UNKNOWN"


def test_a_webvtt_file_in_another_language_says_so_in_its_first_line() -> None:
    assert vtt((), language="pt-BR").splitlines()[0] == "WEBVTT Language: pt-BR"


def lines_of(text: str, width: int) -> list[str]:
    """The lines in which a translated text is shown."""
    own = line_width([text], width)
    shown = captions_from([Cue(0, 9_000, "TOM", hyphenated(text, own))], 9_000, 2, own)
    return [line for caption in shown for line in caption.lines]


def test_a_word_that_is_longer_than_a_line_is_broken_into_even_parts_with_hyphens() -> None:
    word = "Geschwindigkeitsbegrenzungen"

    lines = lines_of(f"Wegen der {word} fahren wir langsam.", 20)

    assert [line for line in lines if "Geschw" in line or line.endswith("grenzungen")] != []
    assert any(line.endswith("-") for line in lines)
    assert max(map(len, lines)) <= 20
    assert "".join(lines).replace("-", "").replace(" ", "") == f"Wegender{word}fahrenwirlangsam."


def test_words_that_fit_stay_whole_and_a_piece_never_has_the_next_one_beside_it() -> None:
    whole = "Eine Geschwindigkeitsbegrenzung gilt hier."

    assert hyphenated(whole, 42) == whole
    assert all("- " not in line for line in lines_of("Ab Geschwindigkeitsbegrenzungsschild", 20))


def test_wide_letters_have_half_as_many_to_a_line() -> None:
    lines = lines_of("誰かいますか。階段で誰かの足音が聞こえました。気のせいだと思います。", 42)

    assert max(map(len, lines)) <= 21
