"""What the README shows of HTTP, run as it is written."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

import av
import pytest

from tests.e2e.conftest import Studio
from tests.e2e.visitors import visitor

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://127.0.0.1:8485"
EMAIL = "ada@example.org"
SEED_PATHS = ("/auth/register", "/auth/login", "/auth/me", "/projects", "/jobs", "/status", "/download-url")
pytestmark = pytest.mark.heavy

MISSING = [name for name in ("curl", "jq") if shutil.which(name) is None]


def shown() -> str:
    """The indented lines below the heading, without their indent."""
    section = (ROOT / "README.md").read_text().partition("\n## Over HTTP\n")[2].partition("\n## ")[0]
    return "".join(line[4:] for line in section.splitlines(keepends=True) if line.startswith("    "))


def ready(studio: Studio) -> None:
    """Waits until all pools have said that they are there, as who has just typed `film up` has to."""

    async def wait() -> None:
        async with visitor(studio):
            pass

    asyncio.run(wait())


@pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {' '.join(MISSING)}")
def test_the_lines_of_the_readme_go_from_an_account_to_a_film(studio: Studio, tmp_path: Path) -> None:
    lines = shown()
    script = lines.replace(ADDRESS, f"http://{studio.http_address}").replace(
        EMAIL, f"{uuid4().hex}@example.org"
    )
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    # curl says that a refusal is a failure only when it is told to.
    ready(studio)
    (tmp_path / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")

    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "CURL_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    assert ADDRESS in lines
    assert all(path in lines for path in SEED_PATHS)
    assert '"state":"JOB_STATE_COMPLETED"' in ran.stdout
    assert "event: end" in ran.stdout
    with av.open(tmp_path / "film.mp4") as film:
        assert film.streams.video[0].frames > 0


def test_what_the_readme_sends_is_json() -> None:
    bodies = [
        line.strip().removeprefix("-d '").partition("'")[0] for line in shown().splitlines() if "-d '" in line
    ]

    assert [sorted(json.loads(body)) for body in bodies] == [["email", "password"]] * 2 + [["displayName"]]
