"""Voices of characters."""

from __future__ import annotations

from studio_jobs.cast import NARRATOR, cast_voices


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
