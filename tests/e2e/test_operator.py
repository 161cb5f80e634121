"""The operator of this machine's studio reaches the generators themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Studio

STILL: dict[str, Any] = {
    "spec": {
        "kind": "TASK_KIND_STILL",
        "seed": "7",
        "still": {"size": {"widthPx": 64, "heightPx": 64}, "heading": "INT. KITCHEN - NIGHT"},
    }
}


def written(path: Path, body: dict[str, Any]) -> str:
    path.write_text(json.dumps(body))
    return str(path)


def test_the_operator_lists_every_generators_engines(studio: Studio) -> None:
    listed = studio.film("engines")

    assert listed.returncode == 0, listed.stderr
    pools = [line for line in listed.stdout.splitlines() if not line.startswith(" ")]
    services = [line.split()[0] for line in pools]
    assert services == ["imagegen", "videogen", *["audiogen"] * 3, *["composer"] * 6]
    assert all("in memory" in line for line in pools)


def test_the_operator_runs_a_body_and_the_same_body_is_not_made_again(studio: Studio, tmp_path: Path) -> None:
    body = written(tmp_path / "still.json", STILL)

    first, second = studio.film("generate", body), studio.film("generate", body)

    assert first.returncode == 0, first.stderr
    manifest = json.loads(first.stdout)
    assert (manifest["kind"], manifest["engine"]["engine"]) == ("TASK_KIND_STILL", "null")
    assert json.loads(second.stdout) == manifest


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"spec": {**STILL["spec"], "timings": [{}]}}, "body.spec.timings"),
        ({"spec": {"kind": "TASK_KIND_CLIP", "clip": {}}}, "body.spec.clip"),
        ({"spec": {}}, "no pool makes kind"),
        ({"speck": {}}, "no RunBody"),
    ],
)
def test_a_wrong_body_is_bad_input_with_what_is_wrong(
    studio: Studio, tmp_path: Path, body: dict[str, Any], named: str
) -> None:
    refused = studio.film("generate", written(tmp_path / "bad.json", body))

    assert refused.returncode == 2
    assert named in refused.stderr
