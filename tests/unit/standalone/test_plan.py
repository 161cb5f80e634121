"""The plan of the whole studio: who gets which secret, and how light the supervisor is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from studio_platform.permissions import permissions_of
from studio_standalone.home import Home
from studio_standalone.state import SERVICES, settle_state
from studio_standalone.studio import GENERATORS, StudioPlan

HEAVY = ("grpc", "pydantic", "minio", "nats", "asyncpg", "google.protobuf", "numpy")


@pytest.fixture
def plan(tmp_path: Path) -> StudioPlan:
    home = Home(tmp_path / "home")
    return StudioPlan(home, settle_state(None), {}, home.assets)


@pytest.mark.parametrize("service", GENERATORS)
def test_generators_hold_no_database_address(plan: StudioPlan, service: str) -> None:
    assert "FILM_DATABASE_URL" not in plan.settings_of(service)


def test_each_service_has_its_own_broker_password(plan: StudioPlan) -> None:
    passwords = {plan.settings_of(name)["FILM_NATS_PASSWORD"] for name in SERVICES}

    assert len(passwords) == len(SERVICES)


def test_only_the_gateway_learns_the_account_password(plan: StudioPlan) -> None:
    holders = {name for name in SERVICES if "FILM_LOCAL_ACCOUNT_PASSWORD" in plan.settings_of(name)}

    assert holders == {"gateway"}


def test_generators_share_an_identity_that_is_not_the_administrators(plan: StudioPlan) -> None:
    keys = {name: plan.settings_of(name)["FILM_S3_ACCESS_KEY"] for name in (*GENERATORS, "jobs")}

    assert len({keys[name] for name in GENERATORS}) == 1
    assert keys["jobs"] not in {keys[name] for name in GENERATORS}


def test_services_reach_the_store_through_a_proxy_where_one_is_named_and_clients_do_not(
    plan: StudioPlan,
) -> None:
    behind = replace(plan, s3_endpoint="127.0.0.1:9999").settings_of("imagegen")

    own = plan.settings_of("imagegen")
    assert own["FILM_S3_ENDPOINT"] == own["FILM_S3_PUBLIC_ENDPOINT"] == behind["FILM_S3_PUBLIC_ENDPOINT"]
    assert behind["FILM_S3_ENDPOINT"] == "127.0.0.1:9999"


@pytest.mark.parametrize("component", GENERATORS)
def test_generators_may_not_publish_tasks(component: str) -> None:
    publish = permissions_of(component).publish

    assert publish
    assert not any(subject.startswith(("studio.tasks", ">", "studio.>")) for subject in publish)


def test_supervisor_imports_nothing_heavy() -> None:
    program = f"import sys, studio_standalone.run; print([m for m in {HEAVY!r} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
