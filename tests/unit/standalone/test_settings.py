"""What the environment says of a standalone studio, and how a wrong word is told."""

from __future__ import annotations

import pytest

from studio_standalone.__main__ import EXIT_FAULT, main
from studio_standalone.settings import read_settings

PAUSE = "FILM_RESTART_PAUSE_MAX_SECONDS"


@pytest.mark.parametrize(("text", "seconds"), [("", 10.0), ("0", 0.0), ("2.5", 2.5), ("600", 600.0)])
def test_the_longest_pause_before_a_restart_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: float
) -> None:
    monkeypatch.setenv(PAUSE, text)

    assert read_settings().restart_pause_max_seconds == seconds


@pytest.mark.parametrize(("text", "seconds"), [("", 60.0), ("1", 1.0), ("900", 900.0)])
def test_the_time_to_get_ready_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: float
) -> None:
    monkeypatch.setenv("FILM_START_TIMEOUT_SECONDS", text)

    assert read_settings().start_timeout_seconds == seconds


@pytest.mark.parametrize("text", ["-1", "601", "soon", "nan"])
def test_a_wrong_pause_is_told_with_what_is_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setenv(PAUSE, text)

    assert main(["status"]) == EXIT_FAULT
    assert capsys.readouterr().err == f"film studio: {PAUSE} is {text!r}: give seconds from 0 to 600\n"
