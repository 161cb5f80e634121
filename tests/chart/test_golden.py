"""What the chart makes of the examples is what was reviewed."""

from __future__ import annotations

from tests.chart.golden import GOLDEN, outlines
from tests.chart.release import EXAMPLES, Release


def test_the_examples_are_what_was_reviewed(releases: dict[str, Release]) -> None:
    written = {name: (GOLDEN / f"{name}.yaml").read_text("utf-8") for name in EXAMPLES}
    assert outlines(releases) == written, "run python -m tests.chart.golden and read the difference"


def test_every_reviewed_file_is_of_an_example() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(EXAMPLES)


def test_a_release_has_one_outline_whatever_the_order_of_its_objects(releases: dict[str, Release]) -> None:
    release = releases["evaluation"]
    turned = Release(tuple(reversed(release.objects)), release.notes)
    assert outlines({"evaluation": turned}) == outlines({"evaluation": release})
