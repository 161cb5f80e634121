"""What film render says of the quality check."""

from __future__ import annotations

from filmstudio.cli.quality_gate import quality_line

CHECKS = {
    "pictures_decoded": 1344,
    "speeches": 1,
    "captions": 12,
    "loudness_lufs": -16.02,
    "meant": [{"why": "title card"}, {"why": "fade in"}, {"why": "title card"}],
}


def test_it_counts_what_was_looked_at_and_names_what_is_meant() -> None:
    assert quality_line(CHECKS) == (
        "Quality check passed: 1,344 pictures, 1 speech, 12 captions, -16.02 LUFS; "
        "meant: 2 title card, 1 fade in."
    )


def test_a_film_of_before_there_were_checks_has_no_line() -> None:
    assert quality_line({}) == ""
