"""The running studio keeps to its OpenAPI description, whatever schemathesis sends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.e2e.conftest import Studio

HERE = Path(__file__).parent / "http"
SECONDS_MAX = 900

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(SECONDS_MAX + 60)]


def access_token(studio: Studio) -> str:
    """Of the studio's own account."""
    account = {"email": studio.account.email, "password": studio.account.password}
    answer = httpx2.post(f"http://{studio.http_address}/api/v1/auth/login", json=account, timeout=30)
    return str(answer.json()["tokens"]["accessToken"])


def test_schemathesis_finds_nothing(studio: Studio, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "run",
        f"http://{studio.http_address}/openapi.json",
        "--checks",
        "all",
        "--workers",
        "2",
        "--header",
        f"Authorization: Bearer {access_token(studio)}",
    ]

    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.e2e.http.checks", "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
