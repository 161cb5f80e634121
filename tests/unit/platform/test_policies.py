"""Every method has a policy, or the start fails."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from filmstudio.auth.v1 import auth_pb2
from filmstudio.options.v1 import options_pb2
from studio_platform.policies import MethodPolicies

AUTH = auth_pb2.DESCRIPTOR.services_by_name["AuthService"]


def test_a_method_without_the_option_is_named_at_the_start() -> None:
    file = descriptor_pb2.FileDescriptorProto(name="probe.proto", package="probe", syntax="proto3")
    file.message_type.add(name="Empty")
    file.service.add(name="Probe").method.add(
        name="Bare", input_type=".probe.Empty", output_type=".probe.Empty"
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)

    with pytest.raises(ValueError, match=r"/probe\.Probe/Bare"):
        MethodPolicies([AUTH, pool.FindServiceByName("probe.Probe")])


def test_policies_are_found_by_path() -> None:
    policies = MethodPolicies([AUTH])

    login = policies.policy("/filmstudio.auth.v1.AuthService/Login")
    me = policies.policy("/filmstudio.auth.v1.AuthService/GetMe")

    assert login is not None
    assert login.access == options_pb2.ACCESS_PUBLIC
    assert me is not None
    assert (me.access, me.scope) == (options_pb2.ACCESS_USER, "account.read")
    assert policies.scopes() == {"account.read", "account.write"}


def test_health_and_reflection_are_open_and_unknown_services_have_none() -> None:
    policies = MethodPolicies([AUTH])

    health = policies.policy("/grpc.health.v1.Health/Watch")

    assert health is not None
    assert health.access == options_pb2.ACCESS_PUBLIC
    assert policies.policy("/other.Service/Method") is None
