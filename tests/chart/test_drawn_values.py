"""Any values within the schema: a release that Kubernetes takes, or one sentence that names the cure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import helm_python
from hypothesis import HealthCheck, event, given, settings

from tests.chart.drawn import drawn_values
from tests.chart.release import Object, Release, Values, names, render
from tests.chart.restricted import faults_of
from tests.chart.schemas import CUSTOM, KUBERNETES, faults_of_builtin, faults_of_custom

DNS_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")
REFUSAL = re.compile(r"execution error at \([^)]+\): (generators|gateway|jobs)\b[^\n]*\.$")
OWN_POOLS = ("storyboard", "camera", "audio", "composer")


@settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_values())
def test_drawn_values_are_taken_whole_or_refused_with_a_sentence(values: Values) -> None:
    release = _release_or_refusal(values)
    if isinstance(release, str):
        event(f"refused: {release.partition('): ')[2][:60]}")
        assert REFUSAL.match(release), release
    else:
        event("taken")
        _is_what_kubernetes_takes(values, release)
        _every_pool_has_what_a_pool_has(values, release)
        _what_the_values_say_reaches_the_pods(values, release)


def _release_or_refusal(values: Values) -> Release | str:
    try:
        return render(values)
    except helm_python.HelmError as refusal:
        return str(refusal)


def _is_what_kubernetes_takes(values: Values, release: Release) -> None:
    faults = [fault for item in release.objects for fault in _faults(item)]
    faults += [fault for pod in release.pods().values() for fault in faults_of(pod)]
    assert faults == []
    assert len(set(names(release.objects))) == len(release.objects)
    ours = [container.owner for container in release.containers() if container.is_ours]
    given_ids = [owner for owner in ours if "runAsUser" in release.pods()[owner]["spec"]["securityContext"]]
    assert given_ids == ([] if values.get("openshift") else ours)


def _faults(item: Object) -> Iterator[str]:
    if item["kind"] in CUSTOM:
        yield from faults_of_custom(item)
    elif fault := faults_of_builtin(item, KUBERNETES[-1]):
        yield fault
    if not DNS_LABEL.match(item["metadata"]["name"]):
        yield f"{names([item])[0]} is no name"


def _every_pool_has_what_a_pool_has(values: Values, release: Release) -> None:
    pools = _pools(values)
    ours = {"gateway", "jobs", *pools}
    scaled = {name for name, pool in pools.items() if _is_scaled(values, pool)}

    assert _components(release, "Deployment") == _components(release, "PodDisruptionBudget") == ours
    assert _components(release, "Service") >= ours
    assert _components(release, "ScaledObject") == scaled
    if release.of_kind("NetworkPolicy"):
        assert _components(release, "NetworkPolicy") >= ours


def _pools(values: Values) -> dict[str, Any]:
    """The pools that are enabled."""
    own: dict[str, Any] = {name: {} for name in OWN_POOLS}
    return {name: pool for name, pool in (own | values["generators"]).items() if pool.get("enabled", True)}


def _components(release: Release, kind: str) -> set[str]:
    labels = [item["metadata"]["labels"] for item in release.of_kind(kind).values()]
    return {given["app.kubernetes.io/component"] for given in labels}


def _is_scaled(values: Values, pool: Values) -> bool:
    usual = values.get("generatorDefaults", {}).get("scaling", {}).get("mode", "fixed")
    return bool(pool.get("scaling", {}).get("mode", usual) == "keda")


def _what_the_values_say_reaches_the_pods(values: Values, release: Release) -> None:
    pods = {pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod for pod in release.pods().values()}
    for name, pool in _pools(values).items():
        spec, (container,) = pods[name]["spec"], pods[name]["spec"]["containers"]
        environment = {entry["name"]: entry["value"] for entry in container["env"]}
        for variable, value in pool.get("settings", {}).items():
            assert environment.get(variable, "") == _as_text(value)
        assert pods[name]["metadata"]["annotations"].items() >= pool.get("podAnnotations", {}).items()
        assert spec.get("nodeSelector", {}) == pool.get("nodeSelector", {})
        assert spec["terminationGracePeriodSeconds"] == pool.get("terminationGracePeriodSeconds", 120)
        limits = container["resources"]["limits"]
        gpus = sum(int(amount) for key, amount in limits.items() if "/gpu" in key)
        assert gpus == pool.get("gpu", {}).get("count", 0)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
