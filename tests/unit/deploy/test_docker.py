"""Dockerfile, compose and the services' settings agree: every variable is read, every required one given."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from studio_platform.permissions import KINDS, permissions_of
from studio_platform.settings import StudioSettings, variable

ROOT = Path(__file__).resolve().parents[3]
DOCKER = ROOT / "deploy" / "docker"
SERVICES = ("gateway", "jobs", "imagegen", "videogen", "audiogen", "composer")
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def settings_of(service: str) -> type[StudioSettings]:
    module = importlib.import_module(f"studio_{service}.settings")
    found: type[StudioSettings] = getattr(module, f"{service.capitalize()}Settings")
    return found


def target(name: str) -> str:
    """The part of the Dockerfile that makes a target, without its base."""
    return DOCKERFILE.partition(f" AS {name}\n")[2].partition("\nFROM ")[0]


def image_environment(service: str) -> dict[str, str]:
    base = DOCKERFILE.partition(target(service))[0].rpartition("FROM ")[2].split()[0]
    return dict(re.findall(r"\b(FILM_[A-Z0-9_]+)=(\S+)", f"{target(base)}\n{target(service)}"))


def compose_environment(service: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][service]["environment"]
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_of_image_and_compose_is_a_setting_of_the_service(service: str) -> None:
    known = {variable(name) for name in settings_of(service).model_fields}

    assert set(image_environment(service)) | set(compose_environment(service)) <= known


@pytest.mark.parametrize("service", SERVICES)
def test_every_required_setting_is_given_by_compose(service: str) -> None:
    required = {
        variable(name) for name, field in settings_of(service).model_fields.items() if field.is_required()
    }

    assert required <= set(compose_environment(service))


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_exposes_the_ports_that_it_listens_on(service: str) -> None:
    exposed = re.search(r"^EXPOSE (.+)$", target(service), re.MULTILINE)
    listens = {
        value.rpartition(":")[2] for name, value in image_environment(service).items() if "LISTEN" in name
    }

    assert exposed is not None
    assert set(exposed[1].split()) == listens


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_runs_its_service_as_nobody_of_the_host(service: str) -> None:
    assert "USER 10001:10001" in target(service)
    assert f'ENTRYPOINT ["python", "-m", "studio_{service}"]' in target(service)
    assert importlib.util.find_spec(f"studio_{service}.__main__") is not None


@pytest.mark.parametrize("service", [*SERVICES, "migrate-gateway", "migrate-jobs"])
def test_a_container_of_ours_has_no_rights_and_a_root_that_refuses(service: str) -> None:
    part = COMPOSE["services"][service]

    assert part["read_only"] is True
    assert part["user"] == "10001:10001"
    assert part["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("service", SERVICES)
def test_addresses_in_compose_name_its_services_at_the_ports_they_listen_on(service: str) -> None:
    listens = {
        name: {value.rpartition(":")[2] for key, value in image_environment(name).items() if "LISTEN" in key}
        for name in SERVICES
    } | {"nats": {"4222"}, "s3": {"8333"}}
    inner = ("FILM_NATS_URL", "FILM_S3_ENDPOINT", "FILM_GATEWAY_ADDRESS", "FILM_JOBS_ADDRESS")
    addresses = [
        str(compose_environment(service)[name]) for name in inner if name in compose_environment(service)
    ]

    for address in addresses:
        host, _, port = address.rpartition("/")[2].partition(":")
        assert port in listens[host]


def test_only_ports_of_this_machine_are_published() -> None:
    published = [port for part in COMPOSE["services"].values() for port in part.get("ports", ())]

    assert len(published) == 3
    assert all(port.startswith("${FILM_BIND:-127.0.0.1}:") for port in published)


def test_the_broker_of_compose_gives_each_component_what_the_studio_gives_it() -> None:
    text = (DOCKER / "nats.conf").read_text(encoding="utf-8")

    for component in KINDS:
        part = text.partition(f"user: {component},")[2].partition("user: ")[0]
        publish, _, subscribe = part.partition("subscribe:")
        permissions = permissions_of(component)
        assert tuple(re.findall(r'"([^"]+)"', publish)) == permissions.publish
        assert tuple(re.findall(r'"([^"]+)"', subscribe)) == permissions.subscribe


def requirements_of_images() -> ModuleType:
    spec = importlib.util.spec_from_file_location("requirements", DOCKER / "requirements.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("service", SERVICES)
def test_what_an_image_installs_is_all_that_its_packages_ask_for(service: str) -> None:
    requirements = requirements_of_images()
    projects = requirements.read_projects(ROOT)

    files = requirements.files_of(projects)

    own = files[f"{service}.own.txt"]
    asked = {line for name in own for line in projects[name]["dependencies"] if line not in projects}
    assert asked == set(files["shared.txt"]) | set(files[f"{service}.txt"])
    assert f"studio-{service}" in own
    assert "torch" not in "".join(asked)


def test_extras_come_to_the_generators_alone_and_from_elsewhere() -> None:
    requirements = requirements_of_images()
    projects = requirements.read_projects(ROOT)
    plain = requirements.files_of(projects)

    files = requirements.files_of(projects, ("openai", "diffusers"))

    more = {name for name, lines in files.items() if lines != plain[name]}
    assert more == {"imagegen.txt", "videogen.txt", "audiogen.txt"}
    assert any(line.startswith("torch>") for line in files["videogen.txt"])
    assert any(line.startswith("openai>") for line in files["audiogen.txt"])
    assert not any(line.startswith("studio-") for name in more for line in files[name])
    with pytest.raises(ValueError, match="no generator has the extra rust"):
        requirements.files_of(projects, ("rust",))


def test_the_images_hold_what_asks_models_behind_an_address() -> None:
    assert re.search(r'^ARG EXTRAS="openai"$', DOCKERFILE, re.MULTILINE)


def test_the_dockerfile_reads_every_package_that_there_is() -> None:
    packages = [path.relative_to(ROOT) for path in ROOT.glob("libs/*/pyproject.toml")]
    packages += [path.relative_to(ROOT) for path in ROOT.glob("services/*/pyproject.toml")]

    assert all(f"COPY {path} {path.parent}/" in DOCKERFILE for path in packages)
