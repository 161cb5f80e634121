"""The audio generator's settings."""

from __future__ import annotations

import io

import pytest

from studio_audiogen.settings import AudiogenSettings
from studio_platform.settings import load


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_S3_ACCESS_KEY", "key")
    monkeypatch.setenv("FILM_S3_SECRET_KEY", "secret")


def test_all_three_kinds_are_hosted_by_default() -> None:
    assert load(AudiogenSettings).audiogen_engines == ("kokoro", "score", "effects")


def test_a_pool_may_host_one_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_AUDIOGEN_ENGINES", "null-music")
    assert load(AudiogenSettings).audiogen_engines == ("null-music",)


@pytest.mark.parametrize("names", ["theremin", "score,score", ","])
def test_an_unknown_repeated_or_missing_engine_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, names: str
) -> None:
    monkeypatch.setenv("FILM_AUDIOGEN_ENGINES", names)
    faults = io.StringIO()
    with pytest.raises(SystemExit):
        load(AudiogenSettings, faults)
    assert "FILM_AUDIOGEN_ENGINES" in faults.getvalue()


def test_speech_threads_follow_the_cores_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(AudiogenSettings).speech_threads >= 1
    monkeypatch.setenv("FILM_AUDIOGEN_THREADS", "3")
    assert load(AudiogenSettings).speech_threads == 3
