"""What the chart renders is what Kubernetes takes."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import helm_python
import jsonschema_rs
import pytest

from tests.chart.release import CHART, EXAMPLES, NAMESPACE, Object, Release, example, names
from tests.chart.schemas import faults_of_custom

# The oldest that Chart.yaml admits and the newest that is out hold what changed between them.
KUBERNETES = tuple(f"1.{minor}" for minor in range(30, 38))
SCHEMAS = Path(str(resources.files("kubernetes_validate"))) / "kubernetes-json-schema"
CUSTOM = {"ScaledObject", "PodMonitor", "PrometheusRule", "HTTPRoute", "GRPCRoute"}


@cache
def _definitions(version: str) -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([("file:///_definitions.json", _schema(version, "_definitions"))])


@cache
def _validator(version: str, name: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$id": f"file:///{name}.json", **_schema(version, name)}
    return jsonschema_rs.Draft202012Validator(schema, registry=_definitions(version))


def _schema(version: str, name: str) -> Any:
    return json.loads((SCHEMAS / f"v{version}.0-local-strict" / f"{name}.json").read_text())


def _faults(item: Object, version: str) -> str:
    group, _, api = item["apiVersion"].rpartition("/")
    name = "-".join(part for part in (item["kind"].lower(), group.partition(".")[0], api) if part)
    found = [
        f"{error.instance_path}: {error.message}" for error in _validator(version, name).iter_errors(item)
    ]
    return f"{names([item])[0]} at {version}: {found[0]}" if found else ""


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
    assert [fault for item in builtin if (fault := _faults(item, version))] == []


def test_a_misspelt_field_is_a_fault(releases: dict[str, Release]) -> None:
    service = dict(releases["evaluation"].of_kind("Service")["film-studio-jobs"])
    service["spec"] = {**service["spec"], "clusterIp": "None"}
    assert "clusterIp" in _faults(service, "1.30")


def test_every_custom_object_has_the_fields_of_its_definition(release: Release) -> None:
    assert [
        fault for item in release.objects if item["kind"] in CUSTOM for fault in faults_of_custom(item)
    ] == []


def test_names_are_unique_and_every_object_is_in_the_namespace(release: Release) -> None:
    assert [name for name, times in Counter(names(release.objects)).items() if times > 1] == []
    assert {item["metadata"]["namespace"] for item in release.objects} == {NAMESPACE}


def test_the_chart_names_the_oldest_kubernetes_that_is_tried() -> None:
    assert f'kubeVersion: ">={KUBERNETES[0]}.0-0"' in (Path(CHART) / "Chart.yaml").read_text()
