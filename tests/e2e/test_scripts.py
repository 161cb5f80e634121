"""A writer's day at the command: a draft, its faults and shots, another format, and what was changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import Studio

pytestmark = pytest.mark.timeout(600)


def test_a_draft_is_checked_broken_down_converted_and_compared(studio: Studio, tmp_path: Path) -> None:
    script, project = tmp_path / "fox.fountain", "A writer's day"

    written = studio.film("write", "a fox in a lighthouse at night", "-o", str(script))
    checked = studio.film("check", "--strict", str(script))
    shots = studio.film("breakdown", "--json", str(script))
    converted = studio.film("convert", str(script), "-o", str(tmp_path / "fox.fdx"))
    studio.render(script, project=project)
    script.write_text(script.read_text().replace("two cups", "three cups"))
    studio.render(script, project=project)
    listed = studio.film("revisions", project)
    compared = studio.film("diff", project)

    assert written.returncode == 0, written.stderr
    assert checked.returncode == 0, checked.stdout
    assert len([json.loads(line) for line in shots.stdout.splitlines()]) == 3
    assert converted.returncode == 0, converted.stderr
    assert b"<FinalDraft" in (tmp_path / "fox.fdx").read_bytes()
    assert len(listed.stdout.splitlines()) == 3
    assert "three cups" in compared.stdout
    assert compared.stdout.splitlines()[-1] == "1 changed, 2 unchanged"
