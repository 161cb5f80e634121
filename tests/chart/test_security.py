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


def _read(release: Release) -> dict[str, set[str]]:
    """Each pod's maker to the keys of secrets, and the audiences of tokens, that it is given."""
    read: dict[str, set[str]] = {}
    for owner, pod in release.pods().items():
        for volume in pod["spec"]["volumes"]:
            for source in volume.get("projected", {}).get("sources", ()):
                given = source.get("secret", {}).get("items", ())
                token = source.get("serviceAccountToken", {}).get("audience")
                read.setdefault(owner, set()).update(
                    [item["key"] for item in given] + ([f"token for {token}"] if token else [])
                )
    return read


def test_only_pods_of_ours_read_secrets_and_each_no_more_than_its_own(releases: dict[str, Release]) -> None:
    read = _read(releases["air-gapped"])

    generators = {"s3-generator-access-key", "s3-generator-secret-key"}
    assert read["Deployment/film-studio-gateway"] == {"gateway-url", "operator-password"}
    jobs = {"jobs-url", "nats-jobs", "s3-jobs-access-key", "s3-jobs-secret-key"}
    assert read["Deployment/film-studio-jobs"] == jobs
    assert read["Deployment/film-studio-camera"] == {"nats-videogen", *generators}
    assert read["Deployment/film-studio-composer"] == {"nats-composer", *generators}


def test_where_s3_knows_pods_by_their_accounts_only_who_asks_it_has_a_token(
    releases: dict[str, Release],
) -> None:
    release = releases["production"]
    read, pods = _read(release), release.pods()

    token = "token for sts.amazonaws.com"
    assert read["Deployment/film-studio-gateway"] == {"gateway-url", "operator-password"}
    assert read["Deployment/film-studio-jobs"] == {"jobs-url", "nats-jobs", "api-key", token}
    assert read["Deployment/film-studio-camera"] == {"nats-videogen", token}
    accounts = {owner: pods[owner]["spec"]["serviceAccountName"] for owner in pods}
    assert {accounts[owner] for owner in read if token not in read[owner]} == {"film-studio"}
    assert accounts["Deployment/film-studio-jobs"] == "film-studio-jobs"
    assert accounts["Deployment/film-studio-camera"] == "film-studio-generators"
    assert accounts["Job/film-studio-migrations"] == "film-studio-migrations"
    assert set(accounts.values()) == set(release.of_kind("ServiceAccount"))


def test_a_workloads_role_is_that_of_its_account(releases: dict[str, Release]) -> None:
    roles = {
        container.owner: container.environment["FILM_S3_ROLE"].rpartition("/")[2]
        for container in releases["production"].containers()
        if "FILM_S3_ROLE" in container.environment
    }
    generators = {"audio", "camera", "composer", "pictures", "storyboard"}
    expected = {f"Deployment/film-studio-{name}": "film-generators" for name in generators}
    assert roles == expected | {
        "Deployment/film-studio-jobs": "film-jobs",
        "Job/film-studio-migrations": "film-jobs",
    }


def test_the_account_of_a_hook_is_there_before_it_and_is_nobody_elses(releases: dict[str, Release]) -> None:
    release = releases["production"]
    notes = release.of_kind("ServiceAccount")["film-studio-migrations"]["metadata"]["annotations"]
    assert (notes["helm.sh/hook"], notes["helm.sh/hook-weight"]) == ("pre-install,pre-upgrade", "-1")
    users = {
        owner
        for owner, pod in release.pods().items()
        if pod["spec"]["serviceAccountName"] == "film-studio-migrations"
    }
    assert users == {"Job/film-studio-migrations"}


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
