"""Who somebody is by the words before the name."""

from __future__ import annotations

import pytest

from studio_jobs.appositions import apposition_before
from studio_jobs.cast import cast_voices, tempo_of
from studio_jobs.looks import introductions, looks_of
from studio_jobs.screenplay.breakdown import break_down
from studio_jobs.screenplay.reader import read


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("Her husband HELMER, forty, comes in.", "husband"),
        ("NORA kisses her husband Helmer.", "husband"),
        ("Her husband, HELMER (forty), comes in.", "husband"),
        ("Her husband Doctor TORVALD HELMER comes in.", "husband"),
        ("The old woman HELMER sits.", "old woman"),
        ("A tall, thin man HELMER waits.", "tall, thin man"),
        ("Nora's nephew HELMER waits.", "nephew"),
        ("The miller and his fiancée HELMER wait.", "fiancée"),
        ("Old HELMER dozes.", "old"),
        ("The eighty-year-old HELMER dozes.", "eighty-year-old"),
        ("HELMER waits. The old woman leaves.", ""),
        ("Her old friend HELMER waits.", ""),
        ("A boy runs past HELMER.", ""),
        ("A boy, HELMER and a dog.", ""),
        ("The girl reads HELMER's letter.", ""),
        ("She takes the girl HELMER's letter.", ""),
        ("With the boy behind her HELMER walks.", ""),
        ("", ""),
    ],
)
def test_what_stands_before_a_name_and_tells_sex_or_age_is_read(action: str, told: str) -> None:
    assert apposition_before("HELMER", action).told == told


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        ("The old woman HELMER sits.", "old"),
        ("Her husband HELMER sits.", ""),
        ("The old captain HELMER sits.", "old captain"),
        ("A little girl HELMER sits.", "little girl"),
    ],
)
def test_whose_somebody_is_belongs_to_no_look(action: str, seen: str) -> None:
    assert apposition_before("HELMER", action).seen == seen


def test_an_introduction_before_the_name_casts_voice_tempo_and_look() -> None:
    film = break_down(
        read(
            b"INT. ROOM - DAY\n\nHer husband KROGSTAD, forty, comes in. The old woman VIGDIS sits.\n\n"
            b"KROGSTAD\nSo.\n\nVIGDIS\nSo.\n"
        )
    )
    told = introductions(film, film.characters)

    voices = cast_voices(film.characters, {}, told)
    looks = looks_of(film, voices, {})

    assert looks == {"KROGSTAD": "man, forty", "VIGDIS": "woman, old"}
    assert tempo_of("VIGDIS", looks["VIGDIS"]) < tempo_of("KROGSTAD", looks["KROGSTAD"])
