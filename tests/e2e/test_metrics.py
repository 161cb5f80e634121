"""docs/metrics.md tells what running services answer to a scrape."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import Studio

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(film_\w+)` \| (\w+) \| ([\w, -]+) \| ([\w, ]+) \| (.+) \|$", re.MULTILINE)
GENERATORS = ("imagegen", "videogen", "audiogen", "composer")
SERVICES = ("gateway", "jobs", *GENERATORS)
UNBOUNDED = {"workspace", "job", "run", "user", "project"}

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True, slots=True)
class Metric:
    """What the page says of a metric, or a service."""

    kind: str
    meaning: str
    labels: frozenset[str]


def told(service: str) -> Mapping[str, Metric]:
    """The page's metrics of a service."""
    whose = {"all": SERVICES, "generators": GENERATORS}
    found = {}
    for name, kind, labels, services, meaning in ROW.findall(PAGE.read_text()):
        owners = [owner for word in services.split(", ") for owner in whose.get(word, (word,))]
        if service in owners:
            found[name] = Metric(kind, meaning, frozenset(labels.split(", ")) - {"-"})
    return found


def scraped(studio: Studio, service: str) -> Mapping[str, Metric]:
    """What a running service answers; a metric without samples shows no labels."""
    ports = json.loads((studio.home / "state.json").read_text())["ports"]
    with urllib.request.urlopen(
        f"http://127.0.0.1:{ports[f'{service}-health']}/metrics", timeout=10
    ) as answer:
        text = answer.read().decode()
    return {
        family.name + ("_total" if family.type == "counter" else ""): Metric(
            family.type,
            family.documentation,
            frozenset(label for sample in family.samples for label in sample.labels if label != "le"),
        )
        for family in text_string_to_metric_families(text)
        if family.name.startswith("film_")
    }


@pytest.fixture(scope="module")
def used(studio: Studio) -> Studio:
    """The studio after a film, so that most metrics have samples."""
    rendered = studio.render(Path(__file__).resolve().parents[2] / "samples" / "one-minute.fountain")
    assert rendered.code == 0, rendered.errors
    return studio


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_tells_every_metric_that_a_service_shows_and_no_other(used: Studio, service: str) -> None:
    page, shown = told(service), scraped(used, service)

    assert {name: (metric.kind, metric.meaning) for name, metric in page.items()} == {
        name: (metric.kind, metric.meaning) for name, metric in shown.items()
    }


@pytest.mark.parametrize("service", SERVICES)
def test_samples_carry_the_labels_of_the_page_and_none_that_grows_with_the_users(
    used: Studio, service: str
) -> None:
    page, shown = told(service), scraped(used, service)

    differing = {
        name for name, metric in shown.items() if metric.labels and metric.labels != page[name].labels
    }
    assert differing == set()
    assert not UNBOUNDED & {label for metric in shown.values() for label in metric.labels}
