"""Settings: all faults at once, no secret shown, and an example file that is true."""

from __future__ import annotations

import io

import pytest
from pydantic import Field, SecretStr

from studio_platform.settings import (
    BrokerSettings,
    DatabaseSettings,
    ObjectSettings,
    ServerSettings,
    describe,
    load,
)

URL = "postgresql://film:hunter2@127.0.0.1:5432/film"


class ProbeSettings(DatabaseSettings, BrokerSettings, ObjectSettings, ServerSettings):
    """A probe of all groups."""

    listen: str = Field(default="127.0.0.1:7000", description="Where the probe listens.")
    poll_ms: int = Field(default=250, ge=10, le=1000, description="How often it looks, in ms (10 to 1000).")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the settings need."""
    monkeypatch.setenv("FILM_DATABASE_URL", URL)
    monkeypatch.setenv("FILM_S3_ACCESS_KEY", "key")
    monkeypatch.setenv("FILM_S3_SECRET_KEY", "s3cret")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILM_POLL_MS", "20")
    monkeypatch.setenv("FILM_FAULTS", "a.b=kill, c.d=fail@/x")
    monkeypatch.setenv("FILM_PARENT_PIPE_FD", "")

    settings = load(ProbeSettings)

    assert settings.poll_ms == 20
    assert settings.database_url == SecretStr(URL)
    assert settings.faults == ("a.b=kill", "c.d=fail@/x")
    assert settings.parent_pipe_fd is None


def test_all_faults_are_listed_at_once_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FILM_S3_SECRET_KEY")
    monkeypatch.setenv("FILM_POLL_MS", "5")
    monkeypatch.setenv("FILM_LISTEN", "nowhere")
    monkeypatch.setenv("FILM_HEALTH_LISTEN", "nowhere")
    written = io.StringIO()

    with pytest.raises(SystemExit) as exit_:
        load(ProbeSettings, written)

    assert exit_.value.code == 2
    text = written.getvalue()
    assert text.startswith("3 setting(s)")
    assert "FILM_S3_SECRET_KEY: is missing" in text
    assert "greater than or equal to 10" in text
    assert "How often it looks, in ms (10 to 1000)." in text
    assert "FILM_HEALTH_LISTEN" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"FILM_S3_IDENTITY_TOKEN_PATH": "/t", "FILM_S3_ROLE": "film"}, "FILM_S3_ACCESS_KEY: is left out"),
        (
            {"FILM_S3_IDENTITY_TOKEN_PATH": "/t", "FILM_S3_ACCESS_KEY": "", "FILM_S3_SECRET_KEY": ""},
            "FILM_S3_ROLE: is missing",
        ),
    ],
    ids=["keys too", "no role"],
)
def test_an_identity_takes_the_place_of_keys_and_needs_a_role(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    written = io.StringIO()

    with pytest.raises(SystemExit):
        load(ProbeSettings, written)

    assert said in written.getvalue()


def test_a_bad_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    good = repr(load(ProbeSettings))
    monkeypatch.setenv("FILM_DATABASE_POOL_SIZE_MAX", "hunter2")
    written = io.StringIO()

    with pytest.raises(SystemExit):
        load(ProbeSettings, written)

    assert "FILM_DATABASE_POOL_SIZE_MAX" in written.getvalue()
    assert "hunter2" not in written.getvalue()
    assert "hunter2" not in good


def test_the_example_names_each_variable_once_with_its_default() -> None:
    text = describe(ProbeSettings)

    assert text.count("FILM_LISTEN=") == 1
    assert "# FILM_LISTEN=127.0.0.1:7000" in text
    assert "\nFILM_DATABASE_URL=\n" in text
    assert "# FILM_DRAIN_GRACE_SECONDS=20.0" in text
    assert all(f"FILM_{name.upper()}=" in text for name in ProbeSettings.model_fields)
