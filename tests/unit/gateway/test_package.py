"""The gateway's process stays light, and its example of settings is current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import studio_gateway
from studio_gateway.settings import GatewaySettings
from studio_platform.settings import describe, load

HEAVY = ("numpy", "av", "cv2", "PIL", "onnxruntime", "torch", "nats", "minio")


def test_the_process_imports_nothing_heavy() -> None:
    program = "import studio_gateway.__main__, sys; print(*sys.modules)"

    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(HEAVY) & set(output.stdout.split()) == set()


def test_the_example_of_settings_is_what_the_settings_say() -> None:
    example = Path(studio_gateway.__file__).parents[1] / ".env.example"

    assert example.read_text("utf-8") == describe(GatewaySettings)


def test_a_local_account_needs_a_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILM_DATABASE_URL", "postgresql://gateway:x@127.0.0.1/film")
    monkeypatch.setenv("FILM_LOCAL_ACCOUNT_EMAIL", "you@localhost")

    with pytest.raises(SystemExit):
        load(GatewaySettings)

    assert "FILM_LOCAL_ACCOUNT_PASSWORD" in capsys.readouterr().err
