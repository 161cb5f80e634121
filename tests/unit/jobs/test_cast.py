"""Voices of characters."""

from __future__ import annotations

import pytest

from studio_jobs.cast import NARRATOR, cast_voices, tempo_of
from studio_jobs.screenplay.ages import Age, age_in


def test_every_character_of_a_small_cast_has_a_voice_of_its_own() -> None:
    names = ["MARA", "TOM", "THE GUARD", "IRIS", "OLD MAN", NARRATOR]

    voices = cast_voices(names, {})

    assert list(voices) == names
    assert len({voices[name] for name in names[:-1]}) == len(names) - 1


def test_names_that_tell_it_choose_the_kind() -> None:
    voices = cast_voices(["MARA", "TOM"], {})

    assert voices["MARA"][1] == "f"
    assert voices["TOM"][1] == "m"


def test_a_kept_voice_stays() -> None:
    assert cast_voices(["TOM"], {"TOM": "am_onyx"}) == {"TOM": "am_onyx"}


def test_the_order_of_later_characters_changes_nothing_for_earlier_ones() -> None:
    assert cast_voices(["MARA"], {})["MARA"] == cast_voices(["MARA", "XQ", "ZED"], {})["MARA"]


def test_no_two_speakers_have_one_voice_while_voices_remain() -> None:
    women = [f"MISS {letter}" for letter in "ABCDEFGHIJKLMNO"]
    men = [f"MR {letter}" for letter in "ABCDEFGHIJKL"]

    voices = cast_voices([*women, *men, NARRATOR], {})

    assert len(set(voices.values())) == len(voices) == 28


def test_a_narrator_who_comes_late_has_a_voice_that_nobody_has() -> None:
    kept = {"TOM": "bm_george", "BEN": "am_michael"}

    voices = cast_voices(["TOM", "BEN", NARRATOR], kept)

    assert voices[NARRATOR] not in kept.values()


def test_a_voice_that_somebody_chose_is_not_given_to_another() -> None:
    free = cast_voices(["MARA"], {})["MARA"]

    assert cast_voices(["MARA"], {}, edited={"IRIS": free})["MARA"] != free


def test_old_men_and_girls_have_voices_of_their_age_and_their_own_tempo() -> None:
    told = {"TOM": "eighty-seven", "MARA": "a girl of nine"}

    voices = cast_voices(list(told), {}, told)

    assert voices == {"TOM": "bm_lewis", "MARA": "bf_alice"}
    assert tempo_of("TOM", "man, eighty-seven") < tempo_of("BEN", "man") < tempo_of("MARA", "girl of nine")


def test_an_introduction_tells_a_woman_where_the_name_does_not() -> None:
    told = {"THE STRANGER": "a woman in red", "DOCTOR": "her brother"}

    voices = cast_voices(list(told), {}, told)

    assert [voices[name][1] for name in told] == ["f", "m"]


@pytest.mark.parametrize(
    ("look", "age"),
    [
        ("eighty-seven", Age.AGED),
        ("87", Age.AGED),
        ("woman, in her late sixties", Age.AGED),
        ("a retired pilot", Age.AGED),
        ("twenty-seven", Age.ADULT),
        ("seventeen-year-old", Age.ADULT),
        ("thirty years old", Age.ADULT),
        ("mid-40s", Age.ADULT),
        ("two bags", None),
        ("nine", Age.YOUNG),
        ("a seven-year-old girl", Age.YOUNG),
        ("a small boy", Age.YOUNG),
        ("", None),
    ],
)
def test_an_age_is_read_as_it_is_written(look: str, age: Age | None) -> None:
    assert age_in(look) is age
