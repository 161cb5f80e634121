"""A caller that has none of our contracts asks the gateway for them, and calls by what it is told."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (  # type: ignore[import-untyped]  # no stubs
    ProtoReflectionDescriptorDatabase,
)

from studio_gateway.__main__ import SERVICES
from tests.e2e.conftest import Studio
from tests.e2e.visitors import registered_key


class Reflected:
    """Calls methods by their names, with dictionaries, as grpcurl does."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.pool = DescriptorPool(self.database)

    def call(self, service: str, method: str, request: dict[str, Any], key: str = "") -> dict[str, Any]:
        """The answer. Raises grpc.RpcError."""
        described = self.pool.FindServiceByName(service).FindMethodByName(method)
        answered = GetMessageClass(described.output_type)
        ask: Any = self._channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answered.FromString,
        )
        message = ParseDict(request, GetMessageClass(described.input_type)())
        metadata = (("authorization", f"Bearer {key}"),) if key else ()
        return MessageToDict(ask(message, metadata=metadata, timeout=30), descriptor_pool=self.pool)


@pytest.fixture
def reflected(studio: Studio) -> Any:
    with grpc.insecure_channel(studio.address) as channel:
        yield Reflected(channel)


def test_the_gateway_tells_every_service_that_it_serves_and_no_other(reflected: Reflected) -> None:
    told = set(reflected.database.get_services())

    grpcs_own = {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    assert told - grpcs_own == {service.full_name for service in SERVICES}
    assert told >= grpcs_own


def test_every_message_of_every_method_can_be_had_by_asking(reflected: Reflected) -> None:
    for service in SERVICES:
        found = reflected.pool.FindServiceByName(service.full_name)
        assert [method.name for method in found.methods] == [method.name for method in service.methods]
        assert all(method.input_type.file.name and method.output_type.file.name for method in found.methods)


def test_a_method_of_the_service_behind_is_called_by_what_the_gateway_told(
    reflected: Reflected, studio: Studio
) -> None:
    key = registered_key(studio)
    projects = "filmstudio.projects.v1.ProjectsService"

    made = reflected.call(projects, "CreateProject", {"project": {"displayName": "By hand"}}, key)
    listed = reflected.call(projects, "ListProjects", {"pageSize": 1}, key)

    assert made["displayName"] == "By hand"
    assert listed["projects"][0]["name"] == made["name"]


def test_who_asks_for_contracts_may_not_call_without_a_key(reflected: Reflected) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        reflected.call("filmstudio.projects.v1.ProjectsService", "ListProjects", {})

    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
