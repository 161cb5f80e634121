"""Each template is a film: written, without a remark, rendered small with its settings."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import pytest

from studio_jobs.templates.shelf import TEMPLATES
from tests.e2e.conftest import Studio

pytestmark = pytest.mark.timeout(600)


@pytest.mark.heavy
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_becomes_a_film_of_its_shape_and_rate(studio: Studio, tmp_path: Path, name: str) -> None:
    script, output = tmp_path / "my-first_film.fountain", tmp_path / "film.mp4"

    written = studio.film("new", str(script), "--template", name)
    checked = studio.film("check", "--strict", str(script))
    made = studio.film(
        "render", str(script), "-o", str(output), "--project", name, "--quality", "proxy", "--json"
    )

    assert written.returncode == 0, written.stderr
    assert script.read_text().startswith("Title: My first film\n")
    assert checked.returncode == 0, checked.stdout
    assert "nothing to remark" in checked.stdout
    assert made.returncode == 0, made.stderr
    with av.open(str(output), format="mp4") as film:
        picture = film.streams.video[0]
        width_px, height_px, rate_hz = picture.width, picture.height, picture.average_rate
    template = TEMPLATES[name]
    assert width_px / height_px == pytest.approx(template.width_px / template.height_px, rel=0.01)
    assert rate_hz == Fraction(template.rate_hz)


def test_templates_are_listed_with_the_options_that_suit_them(studio: Studio) -> None:
    listed = studio.film("templates", "--json")

    found = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [template["name"] for template in found] == [f"templates/{name}" for name in TEMPLATES]
    assert all(template["description"] and template["options"]["size"] for template in found)


def test_a_screenplay_that_is_there_is_not_replaced_and_an_unknown_template_is_told(
    studio: Studio, tmp_path: Path
) -> None:
    script = tmp_path / "mine.fountain"
    script.write_text("INT. HERE - DAY\n")

    refused = studio.film("new", str(script), "--template", "trailer")
    unknown = studio.film("new", str(tmp_path / "other.fountain"), "--template", "opera")

    assert (refused.returncode, unknown.returncode) == (2, 2)
    assert script.read_text() == "INT. HERE - DAY\n"
    assert "there are short-film, trailer, explainer, vertical-short" in unknown.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.fountain"]
