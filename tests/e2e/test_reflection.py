"""A caller that has none of our contracts asks the gateway for them, and calls by what it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (  # type: ignore[import-untyped]  # no stubs
    ProtoReflectionDescriptorDatabase,
)

from studio_gateway.__main__ import SERVICES
from tests.e2e.conftest import Studio
from tests.e2e.visitors import registered_key

PAGE = Path(__file__).resolve().parents[2] / "docs" / "client.md"
PROJECTS = "filmstudio.projects.v1.ProjectsService"


@pytest.fixture
def channel(studio: Studio) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(studio.address) as opened:
        yield opened


def test_the_gateway_tells_every_service_that_it_serves_and_no_other(channel: grpc.Channel) -> None:
    told = set(ProtoReflectionDescriptorDatabase(channel).get_services())

    ours = {service.full_name for service in SERVICES}
    assert told == ours | {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}


def test_every_message_of_every_method_can_be_had_by_asking(channel: grpc.Channel) -> None:
    contracts = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))

    told = {service.full_name: contracts.FindServiceByName(service.full_name) for service in SERVICES}

    methods = {name: [method.name for method in service.methods] for name, service in told.items()}
    assert methods == {s.full_name: [method.name for method in s.methods] for s in SERVICES}
    for service in told.values():
        assert all(method.input_type.full_name and method.output_type.full_name for method in service.methods)


def test_who_asks_for_contracts_may_not_call_without_a_key(channel: grpc.Channel) -> None:
    call: Any = channel.unary_unary(f"/{PROJECTS}/ListProjects")

    with pytest.raises(grpc.RpcError) as refused:
        call(b"", timeout=30)

    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_the_program_of_the_page_says_what_the_page_says(studio: Studio, tmp_path: Path) -> None:
    program, _, after = PAGE.read_text().rpartition("```python\n")[2].partition("```")
    shown = [line.strip() for line in after.splitlines() if line.startswith("    ")]
    environment = {"FILM_SERVER": studio.address, "FILM_API_KEY": registered_key(studio)}

    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    *services, made = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr) == (0, "")
    # A service that came later is in what is said, and need not be on the page.
    assert set(shown[:-1]) <= set(services)
    assert json.loads(made).keys() == json.loads(shown[-1]).keys()
    assert json.loads(made)["displayName"] == "By hand"
