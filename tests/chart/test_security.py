"""Every pod is one that the restricted profile of Pod Security Standards admits, and a little stricter."""

from __future__ import annotations

import copy

import pytest

from tests.chart.release import Container, Release, example, merged, render
from tests.chart.restricted import faults_of


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
    openshift = render(merged(example("air-gapped"), {"openshift": True}))
    for pod in openshift.pods().values():
        assert "runAsUser" not in pod["spec"]["securityContext"]


def test_containers_of_ours_run_as_the_images_user(release: Release) -> None:
    ours: list[Container] = [container for container in release.containers() if container.is_ours]
    users = {release.pods()[container.owner]["spec"]["securityContext"]["runAsUser"] for container in ours}
    assert users == {10001}


def test_only_who_speaks_to_postgres_has_its_authorities(releases: dict[str, Release]) -> None:
    owners = {
        owner.rpartition("/")[2]
        for owner, pod in releases["production"].pods().items()
        if any(volume["name"] == "database-authorities" for volume in pod["spec"]["volumes"])
    }
    assert owners == {f"film-studio-{part}" for part in ("gateway", "jobs", "migrations")}
