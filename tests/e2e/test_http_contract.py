"""The running studio keeps to its OpenAPI description, whatever schemathesis sends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.e2e.conftest import Studio
from tests.e2e.visitors import POOLS, SCRIPT

HERE = Path(__file__).parent / "http"
SECONDS_MAX = 1200

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(SECONDS_MAX + 60)]


def filled(web: httpx2.Client, studio: Studio) -> dict[str, str]:
    """Signs in and renders a little film; the ids of what is there, by the names of path parameters.

    What calls from then on is a key, for sessions end when a method of theirs is tried.
    """
    account = {"email": studio.account.email, "password": studio.account.password}
    token = posted(web, "/api/v1/auth/login", account)["tokens"]["accessToken"]
    web.headers["authorization"] = f"Bearer {token}"
    project = posted(web, "/api/v1/projects", {"displayName": "A Room"})["name"]
    posted(web, f"/api/v1/{project}/revisions", {"content": b64encode(SCRIPT).decode()})
    while len(pools := web.get("/api/v1/pools").json()["pools"]) < POOLS:
        pass
    size = {"widthPx": 320, "heightPx": 180}
    job = posted(web, "/api/v1/jobs", {"project": project, "options": {"size": size}})["name"]
    web.get(f"/api/v1/{job}/events")
    shot = web.get(f"/api/v1/{project}/shots").json()["shots"][0]["name"].rpartition("/")[2]
    key = posted(web, "/api/v1/apiKeys", {"apiKey": {"displayName": "contract"}})["secret"]
    web.headers["authorization"] = f"Bearer {key}"
    look = {"displayName": "Ink", "content": {"look": {"look": "ink on paper"}}}
    names = (
        project,
        job,
        pools[0]["name"],
        posted(web, "/api/v1/libraryEntries", look)["name"],
        posted(web, "/api/v1/webhooks", {"url": "http://127.0.0.1:9/"})["name"],
        posted(web, "/api/v1/shares", {"job": job})["name"],
        posted(web, "/api/v1/uploads", SOUND)["name"],
    )
    return {
        "revision": "1",
        "shot": shot,
        "take": "1",
        **{name.split("/")[0].removesuffix("s"): name.split("/")[1] for name in names},
    }


SOUND = {"kind": "UPLOAD_KIND_MUSIC", "sizeBytes": 9, "mediaType": "audio/wav", "sha256": "0" * 64}


def posted(web: httpx2.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a POST."""
    answer = web.post(path, json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_schemathesis_finds_nothing(studio: Studio, tmp_path: Path) -> None:
    address = f"http://{studio.http_address}"
    with httpx2.Client(base_url=address, timeout=100) as web:
        ids = filled(web, studio)
        token = web.headers["authorization"]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"),
        *(
            f"{address}/openapi.json",
            "--checks",
            "all",
            "--workers",
            "2",
            "--header",
            f"Authorization: {token}",
        ),
    ]
    hooks = {"SCHEMATHESIS_HOOKS": "tests.e2e.http.checks", "FILM_REAL_IDS": json.dumps(ids)}

    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **hooks, "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr
