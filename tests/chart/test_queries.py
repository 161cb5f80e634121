"""Alerts and the dashboard ask, in PromQL that parses, for what docs/metrics.md lists, by labels that it has.

That page is compared with what running services answer in tests/e2e/test_metrics.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from tests.chart.release import CHART, ROOT, Release

METRIC = re.compile(r"^\| `(film_\w+)` \| (\w+) \| ([^|]+) \|", re.MULTILINE)
WATCHED = re.compile(r"^\| [^|]+ \| `(.+)` \|$", re.MULTILINE)
OF_THE_SCRAPE = frozenset({"namespace", "pod", "job", "instance"})
"""Labels that Prometheus adds."""


def _known() -> dict[str, frozenset[str]]:
    """Series to its labels, as the page has them."""
    found = {"process_resident_memory_bytes": frozenset[str]()}
    for name, kind, text in METRIC.findall((ROOT / "docs" / "metrics.md").read_text("utf-8")):
        labels = frozenset(text.split(", ")) - {"-"}
        series = {"": labels}
        if kind == "histogram":
            series = {"_bucket": labels | {"le"}, "_count": labels, "_sum": labels}
        found |= {f"{name}{suffix}": given for suffix, given in series.items()}
    return found


def faults_of(expression: str) -> list[str]:
    """What is wrong with a query; empty if nothing is. Raises ValueError for what is no PromQL."""
    known, asked = _known(), set[str]()
    series: dict[str, set[str]] = {}

    def look(part: Any) -> bool:
        if isinstance(part, promql_parser.VectorSelector):
            names = {matcher.name for matcher in part.matchers.matchers}
            series.setdefault(str(part.name), set()).update(names)
        elif isinstance(part, promql_parser.AggregateExpr) and part.modifier is not None:
            asked.update(part.modifier.labels)
        return True

    promql_parser.walk(promql_parser.parse(expression), look)
    return sorted(_faults(series, asked, known)) or ([] if series else ["it asks for no metric"])


def _faults(series: dict[str, set[str]], asked: set[str], known: dict[str, frozenset[str]]) -> Iterator[str]:
    for name, matched in series.items():
        if name not in known:
            yield f"{name} is no series"
            continue
        yield from (f"{name} has no {label}" for label in (matched | asked) - known[name] - OF_THE_SCRAPE)


def _alerts(release: Release) -> list[str]:
    (rule,) = release.of_kind("PrometheusRule").values()
    return [alert["expr"] for group in rule["spec"]["groups"] for alert in group["rules"]]


def _dashboard(release: Release) -> dict[str, Any]:
    text = release.of_kind("ConfigMap")["film-studio-dashboard"]["data"]["film-studio.json"]
    dashboard: dict[str, Any] = json.loads(text)
    return dashboard


def _panels(release: Release) -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = _dashboard(release)["panels"]
    return panels


def test_every_alert_asks_for_what_there_is(releases: dict[str, Release]) -> None:
    expressions = _alerts(releases["production"])
    written = yaml.safe_load((CHART / "files" / "alerts.yaml").read_text("utf-8"))
    assert expressions == [alert["expr"] for group in written["groups"] for alert in group["rules"]]
    assert {expression: faults for expression in expressions if (faults := faults_of(expression))} == {}


def test_every_alert_says_what_is_wrong_and_how_bad(releases: dict[str, Release]) -> None:
    (rule,) = releases["production"].of_kind("PrometheusRule").values()
    for alert in rule["spec"]["groups"][0]["rules"]:
        assert alert["annotations"]["summary"].endswith(".")
        assert alert["labels"]["severity"] in ("warning", "critical")


def test_every_query_of_the_dashboard_asks_for_what_there_is(releases: dict[str, Release]) -> None:
    queries = [target["expr"] for panel in _panels(releases["production"]) for target in panel["targets"]]
    assert len(queries) >= 15
    assert {query: faults for query in queries if (faults := faults_of(query))} == {}


def test_the_dashboard_finds_namespaces_by_what_there_is(releases: dict[str, Release]) -> None:
    _, spaces = _dashboard(releases["production"])["templating"]["list"]
    (metric,) = re.findall(r"^label_values\((\w+), namespace\)$", spaces["query"]["query"])
    assert faults_of(metric) == []


def test_a_legend_names_labels_that_its_query_leaves(releases: dict[str, Release]) -> None:
    for panel in _panels(releases["production"]):
        for target in panel["targets"]:
            kept = set(re.split(r"[, ]+", ", ".join(re.findall(r"by \(([^)]+)\)", target["expr"]))))
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) == kept - {"le"}, target["expr"]


def test_panels_do_not_lie_on_each_other(releases: dict[str, Release]) -> None:
    panels = _panels(releases["production"])
    fields = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(fields) == len(set(fields))
    assert max(x for x, _ in fields) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_what_the_page_tells_to_watch_can_be_asked() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8").partition("## What to watch")[2]
    expressions = WATCHED.findall(page)
    assert len(expressions) > 5
    assert {expression: faults for expression in expressions if (faults := faults_of(expression))} == {}


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("max by (pool) (film_queue_dept)", "film_queue_dept is no series"),
        ("max by (colour) (film_queue_depth)", "film_queue_depth has no colour"),
        ('rate(film_run_seconds_count{state="x"}[5m])', "film_run_seconds_count has no state"),
        ("vector(1)", "it asks for no metric"),
    ],
)
def test_a_query_for_what_there_is_not_is_a_fault(expression: str, fault: str) -> None:
    assert faults_of(expression) == [fault]


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="parenthesis"):
        faults_of("sum by (pool (film_queue_depth)")
