"""The running studio keeps to its OpenAPI description, whatever schemathesis sends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.e2e.conftest import Studio
from tests.e2e.visitors import POOLS, SCRIPT

HERE = Path(__file__).parent / "http"
SECONDS_MAX = 1200
# Its generator holds one core whatever the number of its threads, so it runs in several processes.
PARTS = 2
# Within what one address may register at once, with some left for the tests that follow.
THROWAWAYS = 30

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(SECONDS_MAX + 60)]


def filled(web: httpx2.Client, studio: Studio) -> dict[str, str]:
    """Signs in and renders a little film; the ids of what is there, by the names of path parameters."""
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


def callers(web: httpx2.Client) -> dict[str, Any]:
    """What tests/e2e/http/callers.py calls with: a key of the account, and users to be thrown away."""
    key = posted(web, "/api/v1/apiKeys", {"apiKey": {"displayName": "contract"}})["secret"]
    accounts = [{"email": f"{uuid4().hex}@example.org", "password": uuid4().hex} for _ in range(THROWAWAYS)]
    users = [{**each, **posted(web, "/api/v1/auth/register", each)["tokens"]} for each in accounts]
    return {"key": key, "users": users}


def posted(web: httpx2.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a POST."""
    answer = web.post(path, json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def shares(address: str) -> list[list[str]]:
    """What each run is given: one the ways from one operation to others, the others a part of all."""
    document = httpx2.get(f"{address}/openapi.json").json()
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    parts = [ids[first::PARTS] for first in range(PARTS)]
    each_alone = ["--phases", "examples,coverage,fuzzing"]
    named = [[f"--include-operation-id={name}" for name in part] for part in parts]
    return [["--phases", "stateful"], *([*each_alone, *part] for part in named)]


def run(address: str, share: list[str], environment: dict[str, str], folder: Path) -> str:
    """What schemathesis finds; empty for nothing."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"),
        *(f"{address}/openapi.json", "--checks", "all", "--workers", "2", *share),
    ]
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment, "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    return "" if ran.returncode == 0 else ran.stdout[-20_000:] + ran.stderr


def test_schemathesis_finds_nothing(studio: Studio, tmp_path: Path) -> None:
    address = f"http://{studio.http_address}"
    with httpx2.Client(base_url=address, timeout=100) as web:
        ids, whom = filled(web, studio), callers(web)
    parts = shares(address)
    known = {"SCHEMATHESIS_HOOKS": "tests.e2e.http.checks", "FILM_REAL_IDS": json.dumps(ids)}
    users = [whom["users"][first :: len(parts)] for first in range(len(parts))]
    environments = [{**known, "FILM_CALLERS": json.dumps({**whom, "users": own})} for own in users]

    with ThreadPoolExecutor(len(parts)) as runs:
        found = list(runs.map(run, repeat(address), parts, environments, repeat(tmp_path)))

    assert not any(found), "".join(found)
