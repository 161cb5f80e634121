"""The video generator's settings."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from studio_platform.settings import load
from studio_videogen.settings import VideogenSettings


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_S3_ACCESS_KEY", "key")
    monkeypatch.setenv("FILM_S3_SECRET_KEY", "secret")


def provided(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    named = {
        "ENGINE": "openai",
        "OPENAI_BASE_URL": "http://model.example/v1",
        "OPENAI_MODEL": "wan",
        **settings,
    }
    for name, value in named.items():
        monkeypatch.setenv(f"FILM_VIDEOGEN_{name}", value)


def faults_of() -> str:
    told = io.StringIO()
    with pytest.raises(SystemExit):
        load(VideogenSettings, told)
    return told.getvalue()


def test_a_provider_is_asked_as_the_settings_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("of-a-file\n")
    monkeypatch.setenv("FILM_VIDEOGEN_OPENAI_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FILM_OPENAI_DAY_MAX_MICROS", "5000000")
    provided(monkeypatch, OPENAI_SIZES="832x480", OPENAI_SECONDS="2,5", OPENAI_PRICE_MICROS_PER_CALL="400000")

    settings = load(VideogenSettings)

    choice = settings.clip_choice
    assert (choice.provider.host, choice.provider.api_key) == ("model.example", "of-a-file")
    assert (choice.sizes, choice.lengths_seconds) == (((832, 480),), (2, 5))
    assert (choice.prices.call_micros, choice.prices.day_max_micros) == (400_000, 5_000_000)
    assert settings.lanes == 8


def test_a_provider_needs_an_address_and_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_VIDEOGEN_ENGINE", "openai")

    assert "FILM_VIDEOGEN_OPENAI_BASE_URL" in faults_of()


@pytest.mark.parametrize(
    ("name", "value"), [("OPENAI_SIZES", "big"), ("OPENAI_SECONDS", "8,4"), ("OPENAI_SECONDS", "0.5")]
)
def test_sizes_and_lengths_that_are_none_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    provided(monkeypatch, **{name: value})

    assert f"FILM_VIDEOGEN_{name}" in faults_of()
