"""The fields of the custom objects that the chart renders, as their definitions have them.

No more than the chart uses: an object with a field that is not here, or of another type, is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.chart.release import Object

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
