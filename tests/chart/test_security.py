"""Every pod is one that the restricted profile of Pod Security Standards admits, and a little stricter."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from tests.chart.release import Container, Object, Release

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim"} | {
    "projected",
    "secret",
}
HOST = ("hostNetwork", "hostPID", "hostIPC")


def faults_of(pod: Object) -> Iterator[str]:
    """What the restricted profile, a read-only root and missing limits have against a pod."""
    spec = pod["spec"]
    security = spec.get("securityContext", {})
    yield from (f"{field} is set" for field in HOST if spec.get(field))
    if not security.get("runAsNonRoot"):
        yield "may run as root"
    if security.get("runAsUser") == 0 or security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "runs as root or without seccomp"
    if spec.get("automountServiceAccountToken") is not False:
        yield "is given a service account's token"
    if spec.get("enableServiceLinks") is not False:
        yield "is given variables of services"
    for volume in spec.get("volumes", ()):
        if kinds := set(volume) - {"name"} - VOLUMES:
            yield f"volume {volume['name']} is {kinds}"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"volume {volume['name']} has no limit"
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        yield from (f"{container['name']} {fault}" for fault in _container_faults(container))


def _container_faults(container: Object) -> Iterator[str]:
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield "may gain privileges"
    if security.get("capabilities") != {"drop": ["ALL"]}:
        yield "has capabilities"
    if security.get("readOnlyRootFilesystem") is not True:
        yield "may write to its root"
    resources = container.get("resources", {})
    if "memory" not in resources.get("limits", {}) or not resources.get("requests", {}).get("cpu"):
        yield "asks for no CPU or has no limit of memory"
    if any("hostPort" in port for port in container.get("ports", ())):
        yield "has a port of the host"
    if any("secretKeyRef" in entry.get("valueFrom", {}) for entry in container.get("env", ())):
        yield "has a secret in its environment"
    if container["image"].endswith(":latest") or ":" not in container["image"].rpartition("/")[2]:
        yield "runs whatever is latest"


def test_every_pod_is_restricted(release: Release) -> None:
    assert {
        owner: list(faults_of(pod)) for owner, pod in release.pods().items() if list(faults_of(pod))
    } == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("allowPrivilegeEscalation", True), ("readOnlyRootFilesystem", False), ("capabilities", {})],
)
def test_a_container_that_may_more_is_a_fault(
    releases: dict[str, Release], field: str, value: object
) -> None:
    pod = copy.deepcopy(next(iter(releases["evaluation"].pods().values())))
    pod["spec"]["containers"][0]["securityContext"][field] = value

    assert len(list(faults_of(pod))) == 1


def test_only_pods_of_ours_read_secrets_and_each_no_more_than_its_own(releases: dict[str, Release]) -> None:
    read: dict[str, set[str]] = {}
    for owner, pod in releases["production"].pods().items():
        for volume in pod["spec"]["volumes"]:
            for source in volume.get("projected", {}).get("sources", ()):
                read.setdefault(owner, set()).update(item["key"] for item in source["secret"]["items"])

    generators = {"s3-generator-access-key", "s3-generator-secret-key"}
    jobs = {"jobs-url", "nats-jobs", "s3-jobs-access-key", "s3-jobs-secret-key", "api-key"}
    assert read["Deployment/film-studio-gateway"] == {"gateway-url", "operator-password"}
    assert read["Deployment/film-studio-jobs"] == jobs
    assert read["Deployment/film-studio-camera"] == {"nats-videogen", *generators}
    assert read["Deployment/film-studio-composer"] == {"nats-composer", *generators}


def test_no_value_of_a_secret_is_in_the_environment(releases: dict[str, Release]) -> None:
    evaluation = releases["evaluation"]
    secret = evaluation.of_kind("Secret")["film-studio-evaluation"]["stringData"]
    for container in evaluation.containers():
        assert not set(secret.values()) & set(container.environment.values()), container.owner


def test_ids_are_left_to_the_cluster_where_it_gives_them(releases: dict[str, Release]) -> None:
    from tests.chart.release import example, merged, render

    openshift = render(merged(example("air-gapped"), {"openshift": True}))
    for pod in openshift.pods().values():
        assert "runAsUser" not in pod["spec"]["securityContext"]


def test_containers_of_ours_run_as_the_images_user(release: Release) -> None:
    ours: list[Container] = [container for container in release.containers() if container.is_ours]
    users = {release.pods()[container.owner]["spec"]["securityContext"]["runAsUser"] for container in ours}
    assert users == {10001}
