"""The chart and the services agree on settings, ports, engines, consumers and rights at the broker."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from minio import Minio
from pydantic import SecretStr

from scripts.settings_examples import settings_of
from studio_audiogen.settings import ENGINES as AUDIO
from studio_composer.settings import ENGINES as COMPOSED
from studio_imagegen.settings import ImagegenSettings
from studio_platform.engine import Engine
from studio_platform.permissions import KINDS, permissions_text
from studio_platform.pools import pool_name
from studio_platform.setting_files import files_of
from studio_platform.settings import StudioSettings
from studio_platform.topology import TASKS_STREAM, pool_consumer
from studio_videogen.settings import VideogenSettings
from tests.chart.release import CHART, Container, Release, Values, example, merged, render

OTHERS = {
    "HF_HOME",
    "HOME",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
} | {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"}


def _ours(release: Release) -> list[Container]:
    return [
        container
        for container in release.containers()
        if container.is_ours and container.spec["name"] != "film"
    ]


def _secret_text(field: str) -> str:
    return "postgresql://a:b@c/d" if field == "database_url" else "long-enough-for-a-secret"


def test_every_variable_is_a_setting_of_its_service(release: Release) -> None:
    for container in _ours(release):
        known = {f"FILM_{field.upper()}" for field in settings_of(container.service).model_fields}
        given = {name.removesuffix("_FILE") for name in set(container.environment) - OTHERS}
        assert given - known == set(), f"{container.owner} {container.spec['name']}"


def test_every_service_starts_with_the_settings_that_it_is_given(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for container in _ours(release):
        settings_class = settings_of(container.service)
        _take_environment(monkeypatch, container.environment, settings_class, tmp_path)

        settings = settings_class()

        assert settings.model_dump()


def _take_environment(
    monkeypatch: pytest.MonkeyPatch,
    environment: Mapping[str, str],
    settings_class: type[StudioSettings],
    folder: Path,
) -> None:
    for name in [name for name in os.environ if name.startswith("FILM_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        if name.startswith("FILM_"):
            monkeypatch.setenv(name, value)
    for field in files_of(settings_class, environment):
        (folder / field).write_text(_secret_text(field))
        monkeypatch.setenv(f"FILM_{field.upper()}_FILE", str(folder / field))


def test_every_secret_that_a_variable_names_is_mounted_there(release: Release) -> None:
    for container in _ours(release):
        volumes = {volume["name"]: volume for volume in release.pods()[container.owner]["spec"]["volumes"]}
        mounted = {
            f"{mount['mountPath']}/{item['path']}"
            for mount in container.spec["volumeMounts"]
            for source in volumes[mount["name"]].get("projected", {}).get("sources", ())
            for item in source.get("secret", {}).get("items", ())
        }
        named = {
            value
            for name, value in container.environment.items()
            if name.startswith("FILM_") and name.endswith("_FILE")
        }
        assert named == mounted, container.owner


def test_an_identitys_token_is_mounted_where_its_setting_says(releases: dict[str, Release]) -> None:
    for container in _ours(releases["production"]):
        volumes = {v["name"]: v for v in releases["production"].pods()[container.owner]["spec"]["volumes"]}
        tokens = {
            f"{mount['mountPath']}/{source['serviceAccountToken']['path']}"
            for mount in container.spec["volumeMounts"]
            for source in volumes[mount["name"]].get("projected", {}).get("sources", ())
            if "serviceAccountToken" in source
        }
        named = {container.environment.get("FILM_S3_IDENTITY_TOKEN_PATH")} - {None}
        assert tokens == named, container.owner


def test_only_migrations_go_past_a_pooler(releases: dict[str, Release]) -> None:
    pooled = {"Deployment/film-studio-gateway", "Deployment/film-studio-jobs"}
    for container in _ours(releases["production"]):
        if "FILM_DATABASE_URL_FILE" not in container.environment:
            continue
        volumes = releases["production"].pods()[container.owner]["spec"]["volumes"]
        secrets = {
            source["secret"]["name"]
            for volume in volumes
            for source in volume.get("projected", {}).get("sources", ())
            if "secret" in source
        }
        is_pooled = container.owner in pooled
        assert container.environment.get("FILM_DATABASE_POOLED") == ("true" if is_pooled else None)
        assert ("film-database" in secrets, "film-database-direct" in secrets) == (is_pooled, not is_pooled)


def test_ports_probes_services_and_addresses_agree(release: Release) -> None:
    services = release.of_kind("Service")
    for container in _ours(release):
        if not container.owner.startswith("Deployment/") or container.role != "containers":
            continue
        environment = container.environment
        ports = {port["name"]: port["containerPort"] for port in container.spec["ports"]}
        assert int(environment["FILM_LISTEN"].rpartition(":")[2]) == ports["grpc"]
        assert int(environment["FILM_HEALTH_LISTEN"].rpartition(":")[2]) == ports["health"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container.spec[probe]["httpGet"]["port"] == "health"
        service = services[container.owner.removeprefix("Deployment/")]
        labels = release.pods()[container.owner]["metadata"]["labels"]
        assert service["spec"]["selector"].items() <= labels.items()
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports)
        for name in ("FILM_JOBS_ADDRESS", "FILM_GATEWAY_ADDRESS"):
            if name in environment:
                host, _, port = environment[name].rpartition(":")
                assert int(port) in [entry["port"] for entry in services[host]["spec"]["ports"]]


def test_services_of_grpc_within_the_release_are_headless(release: Release) -> None:
    for name, service in release.of_kind("Service").items():
        if any(port["port"] == 50051 for port in service["spec"]["ports"]):
            assert service["spec"]["clusterIP"] == "None", name


def test_calls_and_work_have_ended_before_the_grace_of_the_pod(release: Release) -> None:
    for container in _ours(release):
        spec = release.pods()[container.owner]["spec"]
        if "preStop" in container.spec.get("lifecycle", {}):
            slept = container.spec["lifecycle"]["preStop"]["sleep"]["seconds"]
            drained = 2 * float(container.environment["FILM_DRAIN_GRACE_SECONDS"])
            assert slept + drained < spec["terminationGracePeriodSeconds"]


def _engines_of_services(folder: Path) -> dict[str, dict[str, str]]:
    """Service to each of its engines and the pool of that, as the engines describe themselves."""
    makers = {
        "imagegen": importlib.import_module("studio_imagegen.engines.catalogue").engines(
            ImagegenSettings(s3_access_key="a", s3_secret_key=SecretStr("b"))
        ),
        "videogen": importlib.import_module("studio_videogen.engines.catalogue").engines(
            VideogenSettings(s3_access_key="a", s3_secret_key=SecretStr("b"))
        ),
        "audiogen": importlib.import_module("studio_audiogen.engines.catalogue").engines(folder, 1),
        "composer": importlib.import_module("studio_composer.engines.catalogue").engines(None),
    }
    return {
        service: {name: _pool_of(make()) for name, make in engines.items()}
        for service, engines in makers.items()
    }


def _pool_of(engine: Engine[Any]) -> str:
    described = engine.describe()
    return pool_name(described.engine, described.kind)


def test_the_chart_knows_every_engine_and_its_pool(tmp_path: Path) -> None:
    text = (CHART / "templates" / "_components.tpl").read_text("utf-8")
    written = text.partition('define "film.engines" -}}')[2].partition("{{- end -}}")[0]
    assert yaml.safe_load(written) == _engines_of_services(tmp_path)


def test_keda_looks_at_the_consumers_that_the_engines_pools_have(
    releases: dict[str, Release], tmp_path: Path
) -> None:
    release, pools = releases["production"], _engines_of_services(tmp_path)
    scaled = release.of_kind("ScaledObject")
    for container in _ours(release):
        if container.owner.removeprefix("Deployment/") not in scaled:
            continue
        triggers = scaled[container.owner.removeprefix("Deployment/")]["spec"]["triggers"]
        hosted = _hosted(container)
        assert {trigger["metadata"]["stream"] for trigger in triggers} == {TASKS_STREAM}
        assert {trigger["metadata"]["consumer"] for trigger in triggers} == {
            pool_consumer(pools[container.service][name]).name for name in hosted
        }


def _hosted(container: Container) -> list[str]:
    """The engines that its settings name."""
    prefix = f"FILM_{container.service.upper()}_ENGINE"
    environment = container.environment
    return environment.get(prefix, environment.get(f"{prefix}S", "")).split(",")


def test_the_default_pools_host_all_engines_that_need_no_model() -> None:
    hosted = [
        engine
        for pool in yaml.safe_load((CHART / "values.yaml").read_text())["generators"].values()
        for engine in pool["engines"]
    ]
    own = ["storyboard", "camera", *AUDIO, *COMPOSED]
    assert hosted == [name for name in own if not name.startswith(("null", "diffusers", "openai"))]


def test_browsers_may_fetch_films_from_where_signed_addresses_lead(release: Release) -> None:
    environment = {container.service: container.environment for container in _ours(release)}
    origins = environment["gateway"]["FILM_MEDIA_ORIGINS"].split(",")
    jobs = environment["jobs"]
    store = Minio(
        jobs.get("FILM_S3_PUBLIC_ENDPOINT") or jobs["FILM_S3_ENDPOINT"],
        access_key="key",
        secret_key="secret",
        secure=jobs["FILM_S3_SECURE"] == "true",
        region=jobs["FILM_S3_REGION"],
    )
    address = urlsplit(store.presigned_get_object(jobs["FILM_S3_BUCKET"], "film.mp4"))
    assert f"{address.scheme}://{address.netloc}" in origins


@pytest.mark.parametrize(
    ("change", "origins"),
    [
        ({"s3": {"mediaPublicBaseUrl": "https://cdn.example.org/films"}}, "https://cdn.example.org,"),
        ({"gateway": {"mediaOrigins": ["https://media.example.org"]}}, "https://media.example.org"),
    ],
)
def test_browsers_may_fetch_films_from_a_cdn(change: Values, origins: str) -> None:
    release = render(merged(example("production"), change))
    gateway = next(container for container in _ours(release) if container.service == "gateway")
    assert gateway.environment["FILM_MEDIA_ORIGINS"].startswith(origins)


def test_every_pod_of_ours_finds_the_proxy_and_trusts_the_authorities(releases: dict[str, Release]) -> None:
    release = releases["air-gapped"]
    for container in release.containers():
        environment = container.environment
        assert environment["HTTPS_PROXY"] == "http://proxy.house.example:3128", container.owner
        assert "film-studio-gateway" in environment["NO_PROXY"].split(",")
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"):
            assert environment[name] == "/etc/film-studio/authorities/ca.crt", container.owner
        mounted = {mount["mountPath"]: mount["name"] for mount in container.spec["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in release.pods()[container.owner]["spec"]["volumes"]}
        assert volumes[mounted["/etc/film-studio/authorities"]]["configMap"]["name"] == "house-authorities"


def test_the_tests_film_is_made_on_the_pools_that_the_values_name() -> None:
    release = render(
        merged(example("evaluation"), {"tests": {"pools": ["clip=camera-clip", "still=x-still"]}})
    )
    (container,) = (found for found in release.containers() if found.owner == "Pod/film-studio-test")
    assert "-o /tmp/test.mp4 --pool clip=camera-clip --pool still=x-still\n" in container.spec["args"][0]


def test_what_an_engine_fetches_lies_beside_the_models(releases: dict[str, Release]) -> None:
    camera = next(c for c in _ours(releases["one-gpu-node"]) if c.owner == "Deployment/film-studio-camera")
    models = next(mount for mount in camera.spec["volumeMounts"] if mount["name"] == "models")
    assert camera.environment["HF_HOME"] == f"{models['mountPath']}/.hub"
    assert camera.environment["FILM_VIDEOGEN_MODEL"].startswith(models["mountPath"])


def test_a_pool_may_be_scaled_as_far_as_it_announces() -> None:
    scaled = render(merged(example("production"), {"generators": {"camera": {"scaling": {"max": 23}}}}))
    (camera,) = [c for c in scaled.containers() if c.owner == "Deployment/film-studio-camera"]
    assert camera.environment["FILM_REPLICAS_MAX"] == "23"
    assert scaled.of_kind("ScaledObject")["film-studio-camera"]["spec"]["maxReplicaCount"] == 23


def test_the_broker_of_the_evaluation_has_the_permissions_of_the_studio_on_one_machine() -> None:
    assert (CHART / "files" / "nats-permissions.yaml").read_text() == permissions_text()
    assert set(yaml.safe_load(permissions_text())) == set(KINDS)


def test_an_accelerator_is_let_go_before_another_pod_takes_it(releases: dict[str, Release]) -> None:
    camera = releases["one-gpu-node"].of_kind("Deployment")["film-studio-camera"]["spec"]
    assert camera["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert camera["progressDeadlineSeconds"] > 900
    (container,) = camera["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert any(
        toleration["key"] == "nvidia.com/gpu" for toleration in camera["template"]["spec"]["tolerations"]
    )


def test_what_is_scaled_has_no_number_of_replicas_of_its_own(release: Release) -> None:
    scaled = {
        item["spec"]["scaleTargetRef"]["name"]
        for kind in ("ScaledObject", "HorizontalPodAutoscaler")
        for item in release.of_kind(kind).values()
    }
    for name, deployment in release.of_kind("Deployment").items():
        assert ("replicas" in deployment["spec"]) is (name not in scaled)
