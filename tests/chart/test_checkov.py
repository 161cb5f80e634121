"""Checkov finds nothing in the examples but what deploy/k8s/checkov-skips.yaml gives a reason for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.chart.release import ROOT, Release

# Not of the tests' environment, for it is as large: `make test` makes one for it.
CHECKOV = Path(f"{sys.prefix}-checkov") / "bin" / "checkov"
OPTIONS = ("--framework", "kubernetes", "--quiet", "--compact", "--skip-download", "--output", "json")

Finding = tuple[str, str]


def _findings(releases: dict[str, Release], folder: Path) -> set[Finding]:
    """Each check that failed, and the object: kind, namespace and name with points between."""
    for name, release in releases.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(release.objects))
    ran = subprocess.run(
        (str(CHECKOV), *OPTIONS, "--directory", str(folder)), capture_output=True, text=True, check=False
    )
    answer = json.loads(ran.stdout)
    assert answer["summary"]["passed"] > 1000, ran.stderr
    assert answer["summary"]["parsing_errors"] == 0
    return {(found["check_id"], found["resource"]) for found in answer["results"]["failed_checks"]}


@pytest.mark.skipif(not CHECKOV.exists(), reason="make test sets it up")
def test_checkov_finds_what_is_meant_so_and_nothing_else(
    releases: dict[str, Release], tmp_path: Path
) -> None:
    skips = yaml.safe_load((ROOT / "deploy" / "k8s" / "checkov-skips.yaml").read_text("utf-8"))

    found = _findings(releases, tmp_path)

    excused = [
        {one for one in found if one[0] == skip["check"] and re.fullmatch(skip["objects"], one[1])}
        for skip in skips
    ]
    assert found - set().union(*excused) == set()
    assert [skip["check"] for skip, ones in zip(skips, excused, strict=True) if not ones] == []
