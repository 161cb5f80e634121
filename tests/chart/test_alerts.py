"""Alerts ask for metrics that docs/metrics.md lists, and by labels that they have."""

from __future__ import annotations

import re

import yaml

from tests.chart.release import CHART, ROOT, Release

ROW = re.compile(r"^\| `(film_\w+)` \| \w+ \| ([^|]+) \|", re.MULTILINE)


def test_alerts_ask_for_metrics_that_there_are(releases: dict[str, Release]) -> None:
    (rule,) = releases["production"].of_kind("PrometheusRule").values()
    known = dict(ROW.findall((ROOT / "docs" / "metrics.md").read_text("utf-8")))
    asked = [alert["expr"] for group in rule["spec"]["groups"] for alert in group["rules"]]
    assert rule["spec"] == yaml.safe_load((CHART / "files" / "alerts.yaml").read_text("utf-8"))
    for expression in asked:
        (label,) = set(re.findall(r"by \((\w+)\)", expression))
        names = re.findall(r"film_\w+", expression)
        assert names
        assert all(label in known[name].split(", ") for name in names), expression
