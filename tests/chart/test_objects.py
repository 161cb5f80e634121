"""What the chart renders is what Kubernetes takes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import helm_python
import pytest

from tests.chart.release import CHART, EXAMPLES, NAMESPACE, Release, example, names
from tests.chart.schemas import CUSTOM, KUBERNETES, faults_of_builtin, faults_of_custom


@pytest.mark.parametrize("name", EXAMPLES)
def test_lint_finds_nothing_to_complain_about(name: str) -> None:
    result = helm_python.lint(str(CHART), example(name), strict=True)
    worst = [message for message in result["messages"] if message["severity"] > 1]
    assert worst == []
    assert result["errors"] == []


@pytest.mark.parametrize("version", KUBERNETES)
def test_every_object_is_one_that_each_kubernetes_takes(releases: dict[str, Release], version: str) -> None:
    objects = {str(item): item for release in releases.values() for item in release.objects}
    builtin = [item for item in objects.values() if item["kind"] not in CUSTOM]
    assert [fault for item in builtin if (fault := faults_of_builtin(item, version))] == []


def test_a_misspelt_field_is_a_fault(releases: dict[str, Release]) -> None:
    service = dict(releases["evaluation"].of_kind("Service")["film-studio-jobs"])
    service["spec"] = {**service["spec"], "clusterIp": "None"}
    assert "clusterIp" in faults_of_builtin(service, "1.30")


def test_every_custom_object_has_the_fields_of_its_definition(release: Release) -> None:
    assert [
        fault for item in release.objects if item["kind"] in CUSTOM for fault in faults_of_custom(item)
    ] == []


def test_names_are_unique_and_every_object_is_in_the_namespace(release: Release) -> None:
    assert [name for name, times in Counter(names(release.objects)).items() if times > 1] == []
    assert {item["metadata"]["namespace"] for item in release.objects} == {NAMESPACE}


def test_the_chart_names_the_oldest_kubernetes_that_is_tried() -> None:
    assert f'kubeVersion: ">={KUBERNETES[0]}.0-0"' in (Path(CHART) / "Chart.yaml").read_text()
