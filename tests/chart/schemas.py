"""What Kubernetes' schemas, and the definitions of custom objects, have against an object.

Of the definitions no more is here than the chart uses: a field that is not, or of another type, is a fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.chart.release import Object, names

# The oldest that Chart.yaml admits and the newest that is out hold what changed between them.
KUBERNETES = tuple(f"1.{minor}" for minor in range(30, 38))
SCHEMAS = Path(str(resources.files("kubernetes_validate"))) / "kubernetes-json-schema"

Fields = dict[str, Any]
_METADATA: Fields = {"name": str, "namespace": str, "labels": {"*": str}}
_TARGET: Fields = {"apiVersion": str, "kind": str, "name": str}
_ROUTE: Fields = {
    "parentRefs": [
        {"name": str, "namespace": str, "sectionName": str, "port": int, "kind": str, "group": str}
    ],
    "hostnames": [str],
    "rules": [{"backendRefs": [{"name": str, "port": int}]}],
}
DEFINITIONS: dict[str, tuple[str, Fields]] = {
    "ScaledObject": (
        "keda.sh/v1alpha1",
        {
            "scaleTargetRef": _TARGET,
            "minReplicaCount": int,
            "maxReplicaCount": int,
            "pollingInterval": int,
            "cooldownPeriod": int,
            "initialCooldownPeriod": int,
            "fallback": {"failureThreshold": int, "replicas": int, "behavior": str},
            "advanced": {
                "restoreToOriginalReplicaCount": bool,
                "horizontalPodAutoscalerConfig": {
                    "behavior": {
                        "scaleDown": {
                            "stabilizationWindowSeconds": int,
                            "policies": [{"type": str, "value": int, "periodSeconds": int}],
                        }
                    }
                },
            },
            # A trigger's metadata is texts only.
            "triggers": [{"type": str, "metadata": {"*": str}}],
        },
    ),
    "PodMonitor": (
        "monitoring.coreos.com/v1",
        {
            "selector": {"matchLabels": {"*": str}},
            "podMetricsEndpoints": [{"port": str, "path": str, "interval": str, "relabelings": [{"*": Any}]}],
        },
    ),
    "PrometheusRule": (
        "monitoring.coreos.com/v1",
        {
            "groups": [
                {
                    "name": str,
                    "rules": [
                        {
                            "alert": str,
                            "expr": str,
                            "for": str,
                            "labels": {"*": str},
                            "annotations": {"*": str},
                        }
                    ],
                }
            ]
        },
    ),
    "HTTPRoute": ("gateway.networking.k8s.io/v1", _ROUTE),
    "GRPCRoute": ("gateway.networking.k8s.io/v1", _ROUTE),
}
CUSTOM = frozenset(DEFINITIONS)


@cache
def _definitions(version: str) -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([("file:///_definitions.json", _schema(version, "_definitions"))])


@cache
def _validator(version: str, name: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$id": f"file:///{name}.json", **_schema(version, name)}
    return jsonschema_rs.Draft202012Validator(schema, registry=_definitions(version))


def _schema(version: str, name: str) -> Any:
    return json.loads((SCHEMAS / f"v{version}.0-local-strict" / f"{name}.json").read_text())


def faults_of_builtin(item: Object, version: str) -> str:
    """The first thing that is wrong with an object of Kubernetes' own; empty if nothing is."""
    group, _, api = item["apiVersion"].rpartition("/")
    name = "-".join(part for part in (item["kind"].lower(), group.partition(".")[0], api) if part)
    found = [
        f"{error.instance_path}: {error.message}" for error in _validator(version, name).iter_errors(item)
    ]
    return f"{names([item])[0]} at {version}: {found[0]}" if found else ""


def faults_of_custom(item: Object) -> list[str]:
    """What is wrong with a custom object; empty if nothing is."""
    version, fields = DEFINITIONS[item["kind"]]
    whole = {"apiVersion": str, "kind": str, "metadata": _METADATA, "spec": fields}
    wrong = [] if item["apiVersion"] == version else [f"apiVersion {item['apiVersion']}"]
    return [f"{item['kind']}: {fault}" for fault in (*wrong, *_faults(item, whole, ""))]


def _faults(value: Any, wanted: Any, path: str) -> Iterator[str]:
    if wanted is Any:
        return
    if isinstance(wanted, dict):
        if not isinstance(value, dict):
            yield f"{path} is no object"
            return
        for key, part in value.items():
            inner = wanted.get(key, wanted.get("*"))
            if inner is None:
                yield f"{path}.{key} is not a field"
            else:
                yield from _faults(part, inner, f"{path}.{key}")
    elif isinstance(wanted, list):
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        for index, part in enumerate(value):
            yield from _faults(part, wanted[0], f"{path}[{index}]")
    elif type(value) is not wanted:
        yield f"{path} is {type(value).__name__}, not {wanted.__name__}"
